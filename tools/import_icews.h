// The tab-separated files of the ICEWS coded event data (Harvard Dataverse 28075), 20 columns under
// a header. Each row becomes two entities, an article, a fact of one day and evidence for it;
// tools/README.md says which column goes where.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "tools/import_format.h"

namespace entente::tools {

class IcewsFormat : public ImportFormat {
 public:
  explicit IcewsFormat(LoadInput& input) : input_(input) {}

  absl::Status ReadLine(absl::string_view line, const InputPlace& place) override;
  std::unique_ptr<ImportFormat> Continue(LoadInput& input) const override;
  absl::Status End() override { return absl::OkStatus(); }
  std::map<std::string, uint64_t> UnknownFields() const override { return unknown_; }

 private:
  absl::Status ReadHeader(absl::string_view line, const InputPlace& place);
  absl::Status ReadRow(absl::string_view line, const InputPlace& place);
  // An actor with sectors and country; told to the loader once for each different one.
  absl::Status AddActor(absl::string_view name, absl::string_view sectors,
                        absl::string_view country, const InputPlace& place);

  LoadInput& input_;
  std::vector<int> columns_;  // of this file: for each field the column's index, -1 absent
  size_t width_ = 0;          // columns of this file
  bool header_failed_ = false;
  std::vector<absl::string_view> cells_;
  absl::flat_hash_set<std::string> actors_;  // as name, sectors, country
  std::map<std::string, uint64_t> unknown_;
};

bool LooksLikeIcews(absl::string_view head);

}  // namespace entente::tools
