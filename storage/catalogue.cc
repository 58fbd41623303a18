#include "storage/catalogue.h"

#include <utility>

#include "flatbuffers/flatbuffers.h"
#include "rocksdb/slice.h"
#include "schemas/catalogue_generated.h"
#include "storage/aligned_bytes.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

using flatbuffers::FlatBufferBuilder;

// The root table of `bytes`, or nullptr when they are not one.
template <typename Table>
const Table* Verified(const AlignedBytes& bytes) {
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  return verifier.VerifyBuffer<Table>(nullptr) ? flatbuffers::GetRoot<Table>(bytes.data())
                                               : nullptr;
}

void PutTable(Transaction& transaction, CatalogueKey kind, uint32_t id,
              const FlatBufferBuilder& builder) {
  transaction.Put(Family::kCatalogue, KeyWriter(kind).U32(id),
                  absl::string_view(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                                    builder.GetSize()));
}

std::string Text(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

std::vector<uint32_t> Ids(const flatbuffers::Vector<uint32_t>* ids) {
  return ids == nullptr ? std::vector<uint32_t>() : std::vector<uint32_t>(ids->begin(), ids->end());
}

RelationTypeRecord Unpack(const stored::RelationType& table) {
  RelationTypeRecord record{Text(table.name()),  Ids(table.parents()), table.sign(),
                            Text(table.cameo()), Text(table.plover()), std::nullopt,
                            Text(table.gdelt())};
  if (table.goldstein().has_value()) record.goldstein = *table.goldstein();
  return record;
}

LabelRecord Unpack(const stored::Label& table) {
  return {Text(table.name()), Ids(table.parents())};
}
std::string Unpack(const stored::PropertyName& table) { return Text(table.name()); }

// All records of a kind, by id.
template <typename Table, typename Record>
absl::Status ReadAll(const View& view, CatalogueKey kind, std::vector<Record>* records) {
  Cursor cursor = view.Scan(Family::kCatalogue, KeyWriter(kind).bytes());
  for (; cursor.Valid(); cursor.Next()) {
    const AlignedBytes bytes(cursor.value());
    const Table* table = Verified<Table>(bytes);
    if (table == nullptr || cursor.key() != KeyWriter(kind).U32(records->size()).bytes()) {
      return absl::DataLossError("broken record in the catalogue");
    }
    records->push_back(Unpack(*table));
  }
  return cursor.status();
}

absl::Status ReadIndexes(const View& view, std::vector<IndexRecord>* records) {
  Cursor cursor = view.Scan(Family::kCatalogue, KeyWriter(CatalogueKey::kPropertyIndex).bytes());
  for (; cursor.Valid(); cursor.Next()) {
    const AlignedBytes bytes(cursor.value());
    const auto* table = Verified<stored::PropertyIndex>(bytes);
    KeyReader reader(cursor.key().substr(1));
    IndexId id;
    if (table == nullptr || !reader.U32(&id) || !reader.done()) {
      return absl::DataLossError("broken record of an index");
    }
    records->push_back({id, Text(table->name()), table->label(), table->property()});
  }
  return cursor.status();
}

}  // namespace

absl::StatusOr<Catalogue> ReadCatalogue(const View& view) {
  Catalogue catalogue;
  RETURN_IF_ERROR(
      ReadAll<stored::RelationType>(view, CatalogueKey::kRelationType, &catalogue.relation_types));
  RETURN_IF_ERROR(ReadAll<stored::Label>(view, CatalogueKey::kLabel, &catalogue.labels));
  RETURN_IF_ERROR(
      ReadAll<stored::PropertyName>(view, CatalogueKey::kPropertyName, &catalogue.property_names));
  RETURN_IF_ERROR(ReadIndexes(view, &catalogue.indexes));
  return catalogue;
}

void PutRelationType(Transaction& transaction, RelationId id, const RelationTypeRecord& record) {
  FlatBufferBuilder builder;
  const auto name = builder.CreateString(record.name);
  const auto parents = record.parents.empty() ? 0 : builder.CreateVector(record.parents);
  const auto cameo = record.cameo.empty() ? 0 : builder.CreateString(record.cameo);
  const auto plover = record.plover.empty() ? 0 : builder.CreateString(record.plover);
  const auto gdelt = record.gdelt.empty() ? 0 : builder.CreateString(record.gdelt);
  builder.Finish(stored::CreateRelationType(builder, name, parents, record.sign, cameo, plover,
                                            record.goldstein.has_value()
                                                ? flatbuffers::Optional<double>(*record.goldstein)
                                                : flatbuffers::nullopt,
                                            gdelt));
  PutTable(transaction, CatalogueKey::kRelationType, id, builder);
}

void PutLabel(Transaction& transaction, LabelId id, const LabelRecord& record) {
  FlatBufferBuilder builder;
  const auto name = builder.CreateString(record.name);
  const auto parents = record.parents.empty() ? 0 : builder.CreateVector(record.parents);
  builder.Finish(stored::CreateLabel(builder, name, parents));
  PutTable(transaction, CatalogueKey::kLabel, id, builder);
}

void PutPropertyName(Transaction& transaction, PropertyId id, absl::string_view name) {
  FlatBufferBuilder builder;
  const auto text = builder.CreateString(name.data(), name.size());
  builder.Finish(stored::CreatePropertyName(builder, text));
  PutTable(transaction, CatalogueKey::kPropertyName, id, builder);
}

void PutIndex(Transaction& transaction, const IndexRecord& record) {
  FlatBufferBuilder builder;
  const auto name = builder.CreateString(record.name);
  builder.Finish(stored::CreatePropertyIndex(builder, name, record.label, record.property));
  PutTable(transaction, CatalogueKey::kPropertyIndex, record.id, builder);
}

void EraseIndex(Transaction& transaction, IndexId id) {
  transaction.Delete(Family::kCatalogue, KeyWriter(CatalogueKey::kPropertyIndex).U32(id));
}

absl::StatusOr<std::optional<std::string>> ReadSetting(const View& view, absl::string_view name) {
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(bool found, view.Get(Family::kCatalogue,
                                        KeyWriter(CatalogueKey::kSetting).Raw(name), &value));
  if (!found) return std::nullopt;
  return value.ToString();
}

void PutSetting(Transaction& transaction, absl::string_view name, absl::string_view value) {
  transaction.Put(Family::kCatalogue, KeyWriter(CatalogueKey::kSetting).Raw(name), value);
}

}  // namespace entente::storage
