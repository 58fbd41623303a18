// The claims format: JSON Lines, one article a line with its entities and claims. The fields stand
// in tools/README.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "engine/bulk_loader.h"
#include "tools/import_format.h"

namespace entente::tools {

class ClaimsFormat : public ImportFormat {
 public:
  explicit ClaimsFormat(LoadInput& input);
  ~ClaimsFormat() override;

  absl::Status ReadLine(absl::string_view line, const InputPlace& place) override;
  std::unique_ptr<ImportFormat> Continue(LoadInput& input) const override {
    return std::make_unique<ClaimsFormat>(input);
  }
  absl::Status End() override { return absl::OkStatus(); }
  std::map<std::string, uint64_t> UnknownFields() const override;

 private:
  class Line;
  struct State;
  std::unique_ptr<State> state_;
};

// Whether a file that begins with `head` may be in this format.
bool LooksLikeClaims(absl::string_view head);

}  // namespace entente::tools
