#include "storage/merge.h"

#include <deque>

#include "storage/adjacency_page.h"
#include "storage/provenance.h"
#include "storage/store_impl.h"

namespace entente::storage {
namespace {

// Merging is appending, which any bytes survive; `fold` then may make the value smaller.
class AppendOperator final : public rocksdb::MergeOperator {
 public:
  AppendOperator(const char* name, Family family,
                 void (*fold)(absl::string_view key, std::string* value))
      : name_(name), family_(family), fold_(fold) {}

  bool FullMergeV2(const MergeOperationInput& input, MergeOperationOutput* output) const override {
    const absl::string_view base =
        input.existing_value == nullptr ? EmptyValue(family_) : ToView(*input.existing_value);
    std::string& value = output->new_value;
    size_t size = base.size();
    for (const rocksdb::Slice& rows : input.operand_list) size += rows.size();
    value.clear();
    value.reserve(size);
    value.append(base.data(), base.size());
    for (const rocksdb::Slice& rows : input.operand_list) value.append(rows.data(), rows.size());
    fold_(ToView(input.key), &value);
    return true;
  }

  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* rows, rocksdb::Logger*) const override {
    rows->clear();
    for (const rocksdb::Slice& operand : operands) rows->append(operand.data(), operand.size());
    return true;
  }

  const char* Name() const override { return name_; }

 private:
  const char* const name_;
  const Family family_;
  void (*const fold_)(absl::string_view key, std::string* value);
};

void FoldPage(absl::string_view, std::string* value) { FoldPending(value); }

// What was erased of an article's facts may stand in the lists of its block.
void FoldLists(absl::string_view key, std::string* value) {
  const bool over_block =
      !key.empty() && static_cast<ProvenanceKey>(key[0]) == ProvenanceKey::kArticleFacts;
  FoldList(/*keep_erased=*/over_block, value);
}

class DropEmptyPages final : public rocksdb::CompactionFilter {
 public:
  Decision FilterV2(int, const rocksdb::Slice&, ValueType type, const rocksdb::Slice& value,
                    std::string*, std::string*) const override {
    return type == ValueType::kValue && IsEmptyPageValue(ToView(value)) ? Decision::kRemove
                                                                        : Decision::kKeep;
  }
  const char* Name() const override { return "entente.DropEmptyPages"; }
};

}  // namespace

absl::string_view EmptyValue(Family family) {
  return family == Family::kAdjacency ? EmptyPageValue() : absl::string_view();
}

std::shared_ptr<rocksdb::MergeOperator> NewPageMergeOperator() {
  return std::make_shared<AppendOperator>("entente.Page", Family::kAdjacency, FoldPage);
}

std::shared_ptr<rocksdb::MergeOperator> NewListMergeOperator() {
  return std::make_shared<AppendOperator>("entente.FactList", Family::kProvenance, FoldLists);
}

const rocksdb::CompactionFilter* EmptyPageFilter() {
  static const DropEmptyPages filter;
  return &filter;
}

}  // namespace entente::storage
