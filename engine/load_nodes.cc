// NodeLoad: entities, and what names mean.
#include "engine/load_nodes.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/built_in.h"
#include "engine/bulk_loader.h"
#include "engine/counters.h"
#include "engine/error.h"
#include "engine/names.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/dictionary.h"
#include "storage/keys.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/row_sorter.h"
#include "storage/transaction.h"

namespace entente {
namespace {

// Packed properties, those of `given` over those of `stored`.
std::string United(absl::string_view stored, absl::string_view given) {
  absl::StatusOr<std::vector<Property>> all = UnpackProperties(stored);
  absl::StatusOr<std::vector<Property>> more = UnpackProperties(given);
  ENTENTE_CHECK(all.ok() && more.ok());
  for (Property& property : *more) {
    const auto same = std::find_if(all->begin(), all->end(), [&](const Property& other) {
      return other.first == property.first;
    });
    if (same == all->end()) {
      all->push_back(std::move(property));
    } else {
      same->second = std::move(property.second);
    }
  }
  return PackProperties(*std::move(all));
}

template <typename T>
void AddMissing(const std::vector<T>& given, std::vector<T>* stored) {
  for (const T& entry : given) {
    if (std::find(stored->begin(), stored->end(), entry) == stored->end()) stored->push_back(entry);
  }
}

bool HasProperty(absl::string_view packed, PropertyId id) {
  for (PropertyCursor cursor(packed); cursor.Next();) {
    if (cursor.id() == id) return true;
  }
  return false;
}

// One trigram of a new entity's names.
struct TrigramRow {
  uint64_t trigram;
  NodeId entity;
};
struct TrigramOrder {
  static uint64_t Major(const TrigramRow& row) { return row.trigram; }
  static bool Less(const TrigramRow& a, const TrigramRow& b) {
    return a.trigram != b.trigram ? a.trigram < b.trigram : a.entity < b.entity;
  }
};
using TrigramSorter = storage::RowSorter<TrigramRow, TrigramOrder>;

absl::Status WriteTrigrams(TrigramSorter& rows, storage::TableLoad& tables) {
  RETURN_IF_ERROR(rows.Sort());
  TrigramSorter::Reader sorted(rows);
  storage::TableStream stream = tables.NewStream(storage::Family::kProvenance);
  std::string list;
  int entities = 0;
  TrigramRow last = {0, kNoId};
  const auto write = [&]() -> absl::Status {
    if (entities == 0) return absl::OkStatus();
    RETURN_IF_ERROR(stream.Append(storage::TrigramKey(static_cast<Trigram>(last.trigram)), list,
                                  std::exchange(entities, 0)));
    list.clear();
    return absl::OkStatus();
  };
  TrigramRow row;
  while (sorted.Next(&row)) {
    if (row.trigram != last.trigram) RETURN_IF_ERROR(write());
    last = row;
    storage::AppendListEntry(row.entity, /*erased=*/false, &list);
    ++entities;
  }
  RETURN_IF_ERROR(sorted.status());
  RETURN_IF_ERROR(write());
  return stream.Finish();
}

}  // namespace

NodeLoad::NodeLoad(const LoadContext& context)
    : context_(context),
      shared_(context.shared),
      graph_(context.graph),
      writer_(context.writer),
      tables_(context.tables),
      stored_articles_(context.graph.view()) {}

std::string NodeLoad::WithCatalogueIds(absl::string_view packed) const {
  if (same_ids_) return std::string(packed);
  absl::StatusOr<std::vector<Property>> properties = UnpackProperties(packed);
  ENTENTE_CHECK(properties.ok());
  for (Property& property : *properties) property.first = catalogue_ids_[property.first];
  return PackProperties(*std::move(properties));
}

std::vector<MapEntry> NodeLoad::EntriesOf(absl::string_view packed) const {
  std::vector<MapEntry> entries;
  absl::StatusOr<std::vector<Property>> properties = UnpackProperties(packed);
  ENTENTE_CHECK(properties.ok());
  for (Property& property : *properties) {
    entries.emplace_back(shared_.properties.Name(property.first), std::move(property.second));
  }
  return entries;
}

absl::Status NodeLoad::PlaceEntities() {
  empty_database_ = graph_.NodeCount() == 0;
  indexes_nodes_ = !graph_.catalogue().indexes().empty();
  for (PropertyId id = 0; id < shared_.properties.size(); ++id) {
    ASSIGN_OR_RETURN(const PropertyId stored, graph_.NeedProperty(shared_.properties.Name(id)));
    catalogue_ids_.push_back(stored);
    same_ids_ = same_ids_ && stored == id;
  }
  RETURN_IF_ERROR(GatherEntities());
  RETURN_IF_ERROR(ChooseWays());
  shared_.texts.Close();
  nodes_.assign(shared_.texts.limit(), kNoId);

  // What ClaimWriter is to find, it has to write itself.
  for (const EntityItem& item : entities_) {
    const absl::string_view key = shared_.texts.Text(item.key);
    if (item.key == kNoText) {
      texts_of_writer_.insert(item.name);
      names_of_writer_.insert(NormalizeName(shared_.texts.Text(item.name)));
    } else if (IsStubKey(key)) {
      names_of_writer_.insert(NormalizeName(StubName(key)));
    }
  }
  std::vector<uint32_t> through_writer;
  ASSIGN_OR_RETURN(first_entity_, graph_.transaction().NewEntities(0));
  Payloads payloads(*this);
  for (uint32_t i = 0; i < entities_.size(); ++i) {
    RETURN_IF_ERROR(context_.report(i, entities_.size()));
    ASSIGN_OR_RETURN(const EntityPayload payload, payloads.Of(i));
    ASSIGN_OR_RETURN(const bool is_direct, IsDirect(entities_[i], payload));
    if (!is_direct) {
      through_writer.push_back(i);
      continue;
    }
    entities_[i].node = first_entity_ + direct_entities_.size();
    direct_entities_.push_back(i);
    nodes_[entities_[i].key] = entities_[i].node;
    RETURN_IF_ERROR(KnowLabels(payload.labels));
  }
  RETURN_IF_ERROR(graph_.transaction().NewEntities(direct_entities_.size()).status());
  // Keyed entities first: an entity that has only a name may mean one of them.
  std::stable_partition(through_writer.begin(), through_writer.end(),
                        [&](uint32_t i) { return entities_[i].key != kNoText; });
  bool stubs_taken_over = false;
  uint64_t done = 0;
  for (uint32_t i : through_writer) {
    RETURN_IF_ERROR(context_.report(done++, through_writer.size()));
    RETURN_IF_ERROR(WriteThroughWriter(i, &stubs_taken_over));
  }
  through_writer_ = !through_writer.empty();
  if (stubs_taken_over || through_writer.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const size_t taken_over, writer_.TakeOverStubs());
  context_.summary.names_taken_over += taken_over;
  return absl::OkStatus();
}

// One item for each key, or name where there is no key; of several rows the later one's values
// replace, as they would if the first had been stored already.
absl::Status NodeLoad::GatherEntities() {
  absl::flat_hash_map<TextId, uint32_t> known;
  for (LoadInput* input : context_.inputs) {
    storage::RowLog<EntityRow>::Reader rows(input->entities_, /*drop=*/true);
    storage::ByteLog::Reader bytes(input->payloads_);
    EntityRow row;
    while (rows.Next(&row)) {
      const TextId key =
          row.key != kNoText ? row.key : shared_.texts.Enter(StubKey(shared_.texts.Text(row.name)));
      const auto [item, is_new] = known.try_emplace(key, static_cast<uint32_t>(entities_.size()));
      if (is_new) {
        entities_.push_back({row.key, row.name, input->number_, row.payload, row.place});
        continue;
      }
      EntityItem& first = entities_[item->second];
      ASSIGN_OR_RETURN(EntityPayload payload, PayloadOf(item->second));
      ASSIGN_OR_RETURN(const absl::string_view encoded, bytes.Read(row.payload));
      EntityPayload given = DecodePayload(encoded);
      AddMissing(given.labels, &payload.labels);
      std::move(given.names.begin(), given.names.end(), std::back_inserter(payload.names));
      payload.properties = United(payload.properties, given.properties);
      if (row.name != kNoText) first.name = row.name;
      first.payload = 0;
      united_payloads_[item->second] = std::move(payload);
    }
    RETURN_IF_ERROR(rows.status());
  }
  return absl::OkStatus();
}

absl::StatusOr<EntityPayload> NodeLoad::PayloadOf(uint32_t entity) const {
  const EntityItem& item = entities_[entity];
  if (item.payload == 0) return united_payloads_.at(entity);
  std::string scratch;
  ASSIGN_OR_RETURN(const absl::string_view bytes,
                   context_.inputs[item.input]->payloads_.Read(item.payload, &scratch));
  return DecodePayload(bytes);
}

absl::StatusOr<EntityPayload> NodeLoad::Payloads::Of(uint32_t entity) {
  const EntityItem& item = load_.entities_[entity];
  if (item.payload == 0) return load_.PayloadOf(entity);
  if (!bytes_.has_value() || input_ != item.input) {
    input_ = item.input;
    bytes_.emplace(load_.context_.inputs[input_]->payloads_);
  }
  ASSIGN_OR_RETURN(const absl::string_view bytes, bytes_->Read(item.payload));
  return DecodePayload(bytes);
}

absl::StatusOr<bool> NodeLoad::IsDirect(const EntityItem& item, const EntityPayload& payload) {
  const absl::string_view key = shared_.texts.Text(item.key);
  if (item.key == kNoText || IsStubKey(key) || texts_of_writer_.contains(item.key)) return false;
  // A name among the properties is for ClaimWriter to weigh.
  if (HasProperty(payload.properties, kNameProperty)) return false;
  if (!empty_database_) {
    ASSIGN_OR_RETURN(const NodeId known, graph_.FindKey(key));
    if (known != kNoId) return false;
  }
  const auto is_free = [&](absl::string_view name) -> absl::StatusOr<bool> {
    if (!names_of_writer_.empty() && names_of_writer_.contains(NormalizeName(name))) return false;
    if (empty_database_ || name.empty()) return true;
    ASSIGN_OR_RETURN(const NodeId stub, graph_.FindKey(StubKey(name)));
    return stub == kNoId;
  };
  ASSIGN_OR_RETURN(bool free, is_free(shared_.texts.Text(item.name)));
  for (size_t i = 0; free && i < payload.names.size(); ++i) {
    ASSIGN_OR_RETURN(free, is_free(payload.names[i].text));
  }
  return free;
}

absl::Status NodeLoad::EnterNames() {
  if (std::exchange(names_entered_, true)) return absl::OkStatus();
  Payloads payloads(*this);
  for (uint32_t entity : direct_entities_) {
    ASSIGN_OR_RETURN(const EntityPayload payload, payloads.Of(entity));
    const auto enter = [&](absl::string_view name, bool canonical) {
      const std::string normalised = NormalizeName(name);
      if (normalised.empty()) return;
      auto& bearers = names_[normalised];
      const bool is_known = !bearers.empty() && bearers.back().entity == entity;
      if (!is_known) bearers.push_back({entity, canonical});
    };
    enter(shared_.texts.Text(entities_[entity].name), true);
    for (const EntityName& name : payload.names) enter(name.text, false);
  }
  return absl::OkStatus();
}

absl::Status NodeLoad::KnowLabels(absl::Span<const std::string> labels) {
  for (const std::string& label : labels) {
    if (labels_.contains(label)) continue;
    ASSIGN_OR_RETURN(const std::vector<LabelId> ids, graph_.NeedLabels({label}));
    labels_[label] = ids[0];
  }
  return absl::OkStatus();
}

NodeLoad::EntityItem* NodeLoad::DirectEntity(NodeId node) {
  const bool direct = node >= first_entity_ && node - first_entity_ < direct_entities_.size();
  return direct ? &entities_[direct_entities_[node - first_entity_]] : nullptr;
}

absl::Status NodeLoad::WriteThroughWriter(uint32_t entity, bool* stubs_taken_over) {
  const EntityItem& item = entities_[entity];
  ASSIGN_OR_RETURN(EntityPayload payload, PayloadOf(entity));
  EntityInput input;
  input.key = std::string(shared_.texts.Text(item.key));
  input.name = std::string(shared_.texts.Text(item.name));
  input.labels = std::move(payload.labels);
  input.names = std::move(payload.names);
  input.properties = EntriesOf(payload.properties);
  if (input.key.empty()) {
    if (!std::exchange(*stubs_taken_over, true)) {
      ASSIGN_OR_RETURN(const size_t taken_over, writer_.TakeOverStubs());
      context_.summary.names_taken_over += taken_over;
    }
    const absl::StatusOr<bool> completed = writer_.FindNamed(&input);
    RETURN_IF_ERROR(context_.reject_if_bad(item.place, completed.status()));
    if (!completed.ok() || *completed) return absl::OkStatus();
  }
  const absl::StatusOr<ClaimWriter::Upserted> upserted = writer_.UpsertEntity(input);
  RETURN_IF_ERROR(context_.reject_if_bad(item.place, upserted.status()));
  if (upserted.ok() && upserted->changed && !upserted->created) {
    ++context_.summary.entities_changed;
  }
  return absl::OkStatus();
}

absl::StatusOr<NodeId> NodeLoad::LookUp(TextId text, bool make) {
  if (nodes_[text] != kNoId) return nodes_[text];
  const absl::string_view name = shared_.texts.Text(text);
  if (MayBeStored()) {
    ASSIGN_OR_RETURN(const NodeId keyed, graph_.FindKey(name));
    if (keyed != kNoId) return nodes_[text] = keyed;
  }
  const std::string normalised = NormalizeName(name);
  if (normalised.empty()) return absl::InvalidArgumentError("a name is empty");
  for (const bool canonical : {true, false}) {
    ASSIGN_OR_RETURN(std::vector<NodeId> nodes, Bearers(normalised, canonical));
    if (nodes.size() > 1) return Ambiguous(name, std::move(nodes));
    if (nodes.size() == 1) return nodes_[text] = nodes[0];
  }
  if (!make) return kNoId;
  through_writer_ = true;
  ASSIGN_OR_RETURN(nodes_[text], writer_.Resolve(name));
  return nodes_[text];
}

// Ascending.
absl::StatusOr<std::vector<NodeId>> NodeLoad::Bearers(absl::string_view name, bool canonical) {
  RETURN_IF_ERROR(EnterNames());
  std::vector<NodeId> nodes;
  const auto known = names_.find(name);
  if (known != names_.end()) {
    for (const Bearer& bearer : known->second) {
      if (bearer.canonical == canonical) nodes.push_back(entities_[bearer.entity].node);
    }
  }
  if (MayBeStored()) {
    ASSIGN_OR_RETURN(const std::vector<storage::NameEntry> entries,
                     storage::FindName(graph_.view(), name));
    const storage::NameKind kind =
        canonical ? storage::NameKind::kCanonical : storage::NameKind::kAlias;
    for (const storage::NameEntry& entry : entries) {
      if (entry.kind == kind) nodes.push_back(entry.node);
    }
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

absl::Status NodeLoad::Ambiguous(absl::string_view text, std::vector<NodeId> nodes) {
  std::vector<NameCandidate> candidates;
  for (NodeId node : nodes) {
    NameCandidate& candidate = candidates.emplace_back();
    const EntityItem* const direct = DirectEntity(node);
    if (direct != nullptr) {
      candidate.key = std::string(shared_.texts.Text(direct->key));
      candidate.name = std::string(shared_.texts.Text(direct->name));
      continue;
    }
    ASSIGN_OR_RETURN(candidate, graph_.CandidateOf(node));
  }
  return AmbiguousNameError(text, candidates);
}

absl::Status NodeLoad::WriteEntities() {
  storage::TableStream records = tables_.NewStream(storage::Family::kEntities);
  std::string encoded;
  std::vector<std::pair<LabelId, NodeId>> labels;
  std::vector<std::pair<std::string, std::string>> names;  // keys and values
  TrigramSorter trigrams(shared_.space, RunBytes());
  Payloads payloads(*this);
  for (uint32_t i : direct_entities_) {
    const EntityItem& item = entities_[i];
    ASSIGN_OR_RETURN(const EntityPayload payload, payloads.Of(i));
    storage::NodeRecord record;
    for (const std::string& label : payload.labels) {
      AddMissing({labels_.at(label)}, &record.labels);
    }
    if (item.is_publisher) AddMissing({kPublisherLabel}, &record.labels);
    for (LabelId label : record.labels) labels.emplace_back(label, item.node);
    const absl::string_view name = shared_.texts.Text(item.name);
    ASSIGN_OR_RETURN(std::vector<Property> properties,
                     UnpackProperties(WithCatalogueIds(payload.properties)));
    properties.emplace_back(kKeyProperty, Value::String(shared_.texts.Text(item.key)));
    if (!name.empty()) properties.emplace_back(kNameProperty, Value::String(name));
    record.properties = PackProperties(std::move(properties));
    for (const EntityName& given_name : payload.names) AddName(given_name, &record.names);
    if (indexes_nodes_) RETURN_IF_ERROR(graph_.IndexNewNode(item.node, record));
    encoded.clear();
    storage::AppendNode(record, &encoded);
    RETURN_IF_ERROR(records.Put(storage::NodeKey(item.node), encoded));
    const std::vector<storage::NameEntry> entries = NameEntriesOf(item.node, record.names, name);
    for (const storage::NameEntry& entry : entries) names.push_back(storage::EncodeName(entry));
    for (Trigram trigram : TrigramsOf(entries)) {
      RETURN_IF_ERROR(trigrams.Add({trigram, item.node}));
    }
  }
  RETURN_IF_ERROR(records.Finish());
  storage::TableStream name_stream = tables_.NewStream(storage::Family::kNames);
  std::sort(names.begin(), names.end());
  for (const auto& [key, value] : names) RETURN_IF_ERROR(name_stream.Put(key, value));
  RETURN_IF_ERROR(name_stream.Finish());
  RETURN_IF_ERROR(WriteTrigrams(trigrams, tables_));

  std::sort(labels.begin(), labels.end());
  storage::TableStream label_stream = tables_.NewStream(storage::Family::kIndexes);
  for (const auto& [label, node] : labels) {
    RETURN_IF_ERROR(label_stream.Put(storage::LabelKey(label, node), ""));
    ++label_counts_[label];
  }
  return label_stream.Finish();
}

absl::Status NodeLoad::CountEntities() {
  storage::Transaction& transaction = graph_.transaction();
  for (const auto& [label, bearers] : label_counts_) {
    RETURN_IF_ERROR(transaction.Count(LabelCounter(label), bearers));
  }
  return transaction.Count(storage::kEntityCount, static_cast<int64_t>(direct_entities_.size()));
}

}  // namespace entente
