// GraphWriter: catalogue, savepoints, properties.
#include "engine/graph_writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/error.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/catalogue.h"
#include "storage/transaction.h"

namespace entente {
namespace {

storage::RelationTypeRecord RecordOf(const RelationType& type) {
  storage::RelationTypeRecord record;
  record.name = type.name;
  record.parents = type.parents;
  record.sign = static_cast<int8_t>(type.sign);
  record.cameo = type.cameo_code;
  record.plover = type.plover_code;
  record.goldstein = type.goldstein;
  record.gdelt = type.gdelt_code;
  return record;
}

absl::Status CheckParentsExist(const std::vector<uint32_t>& parents, size_t count) {
  for (uint32_t parent : parents) {
    if (parent >= count) return absl::InvalidArgumentError("a parent is unknown");
  }
  return absl::OkStatus();
}

}  // namespace

GraphWriter::GraphWriter(storage::Transaction& transaction,
                         std::shared_ptr<const Catalogue> catalogue)
    : Graph(transaction, catalogue.get()), transaction_(transaction) {
  pictures_.push_back(std::move(catalogue));
}

GraphWriter::~GraphWriter() = default;

Catalogue& GraphWriter::ChangeableCatalogue() {
  if (changeable_ == nullptr) {
    auto copy = std::make_shared<Catalogue>(*pictures_.back());
    changeable_ = copy.get();
    catalogue_ = copy.get();
    pictures_.push_back(std::move(copy));
  }
  return *changeable_;
}

uint64_t GraphWriter::written_bytes() const { return transaction_.bytes(); }

std::shared_ptr<const Catalogue> GraphWriter::changed_catalogue() const {
  return pictures_.back() == pictures_.front() ? nullptr : pictures_.back();
}

absl::StatusOr<RelationId> GraphWriter::NeedRelation(absl::string_view name) {
  const RelationId known = catalogue_->FindRelation(name);
  if (known != kNoSymbol) return known;
  RelationType type;
  type.name = std::string(name);
  return DefineRelation(type);
}

absl::StatusOr<LabelId> GraphWriter::NeedLabel(absl::string_view name) {
  const LabelId known = catalogue_->FindLabel(name);
  if (known != kNoSymbol) return known;
  Label label;
  label.name = std::string(name);
  return DefineLabel(label);
}

absl::StatusOr<PropertyId> GraphWriter::NeedProperty(absl::string_view name) {
  const PropertyId known = catalogue_->FindProperty(name);
  if (known != kNoSymbol) return known;
  const PropertyId id = ChangeableCatalogue().AddProperty(std::string(name));
  storage::PutPropertyName(transaction_, id, name);
  return id;
}

absl::StatusOr<RelationId> GraphWriter::DefineRelation(const RelationType& type) {
  RETURN_IF_ERROR(CheckParentsExist(type.parents, catalogue_->relation_count()));
  RelationId id = catalogue_->FindRelation(type.name);
  if (id == kNoSymbol) {
    id = ChangeableCatalogue().AddRelation(type);
  } else if (catalogue_->relation(id) == type) {
    return id;
  } else {
    RETURN_IF_ERROR(ChangeableCatalogue().SetRelation(id, type));
  }
  storage::PutRelationType(transaction_, id, RecordOf(type));
  return id;
}

absl::StatusOr<LabelId> GraphWriter::DefineLabel(const Label& label, MayGoOn may_go_on) {
  RETURN_IF_ERROR(CheckParentsExist(label.parents, catalogue_->label_count()));
  LabelId id = catalogue_->FindLabel(label.name);
  if (id == kNoSymbol) {
    id = ChangeableCatalogue().AddLabel(label);
    storage::PutLabel(transaction_, id, {label.name, label.parents});
    return id;
  }
  if (catalogue_->label(id) == label) return id;
  std::vector<std::vector<LabelId>> covered;
  for (const PropertyIndex& index : catalogue_->indexes()) {
    covered.push_back(catalogue_->DescendantLabels(index.label));
  }
  RETURN_IF_ERROR(ChangeableCatalogue().SetLabel(id, label));
  storage::PutLabel(transaction_, id, {label.name, label.parents});
  for (size_t i = 0; i < covered.size(); ++i) {
    const PropertyIndex& index = catalogue_->indexes()[i];
    if (catalogue_->DescendantLabels(index.label) == covered[i]) continue;
    RETURN_IF_ERROR(EmptyIndex(index.id, may_go_on));
    RETURN_IF_ERROR(FillIndex(index, may_go_on));
  }
  return id;
}

void GraphWriter::SetSavepoint() {
  transaction_.SetSavepoint();
  savepoints_.push_back(pictures_.size() - 1);
  changeable_ = nullptr;
}

absl::Status GraphWriter::RollbackToSavepoint() {
  ENTENTE_CHECK(!savepoints_.empty());
  transaction_.RollbackToSavepoint();
  articles_.Forget();
  const size_t then = savepoints_.back();
  savepoints_.pop_back();
  if (pictures_.back() != pictures_[then]) {
    pictures_.push_back(pictures_[then]);
    catalogue_ = pictures_.back().get();
  }
  changeable_ = nullptr;
  return absl::OkStatus();
}

void GraphWriter::ReleaseSavepoint() {
  ENTENTE_CHECK(!savepoints_.empty());
  transaction_.ReleaseSavepoint();
  savepoints_.pop_back();
}

absl::StatusOr<std::vector<LabelId>> GraphWriter::NeedLabels(absl::Span<const std::string> names) {
  std::vector<LabelId> labels;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const LabelId label, NeedLabel(name));
    labels.push_back(label);
  }
  return labels;
}

absl::Status GraphWriter::SetPacked(const std::vector<MapEntry>& changes, std::string* properties) {
  for (const auto& [name, value] : changes) {
    if (value.is_null() || IsStorable(value)) continue;
    return MakeError(
        ErrorCode::kInvalidPropertyType,
        absl::StrCat("The property `", name, "` cannot be a ", Value::TypeName(value.type())));
  }
  if (properties->empty()) {
    std::vector<Property> packed;
    for (const auto& [name, value] : changes) {
      if (value.is_null()) continue;
      ASSIGN_OR_RETURN(const PropertyId id, NeedProperty(name));
      packed.emplace_back(id, value);
    }
    *properties = PackProperties(std::move(packed));
    return absl::OkStatus();
  }
  for (const auto& [name, value] : changes) {
    if (value.is_null() && catalogue_->FindProperty(name) == kNoSymbol) continue;
    ASSIGN_OR_RETURN(const PropertyId id, NeedProperty(name));
    ASSIGN_OR_RETURN(*properties, WithProperty(*properties, id, value));
  }
  return absl::OkStatus();
}

}  // namespace entente
