// Graph: nodes, scans, statistics, and values that leave the engine.
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/counters.h"
#include "engine/error.h"
#include "engine/graph.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/adjacency.h"
#include "storage/node_reader.h"
#include "storage/nodes.h"
#include "storage/property_index.h"
#include "storage/view.h"

namespace entente {
namespace {

using storage::NodeRecord;

// Walks one or several sorted ranges of nodes at once. Each portion opens its cursors anew behind
// the last id, so that the view may be written to between portions.
class MergedScan : public NodeScan {
 public:
  // No labels: every node.
  MergedScan(const storage::View& view, std::vector<LabelId> labels)
      : view_(view), labels_(std::move(labels)), all_(labels_.empty()) {}

  absl::StatusOr<bool> Next(size_t limit, std::vector<NodeId>* nodes) override {
    if (done_) return false;
    const size_t before = nodes->size();
    RETURN_IF_ERROR(all_ ? ReadAll(limit, nodes) : ReadLabels(limit, nodes));
    const size_t read = nodes->size() - before;
    done_ = read < limit;
    if (read > 0) from_ = nodes->back() + 1;
    return read > 0;
  }

 private:
  absl::Status ReadAll(size_t limit, std::vector<NodeId>* nodes) {
    const size_t wanted = nodes->size() + limit;
    if (!IsArticle(from_)) {
      RETURN_IF_ERROR(Append(storage::ScanEntities(view_, from_), wanted, nodes));
    }
    if (nodes->size() >= wanted) return absl::OkStatus();
    return Append(storage::ScanArticles(view_, std::max(from_, storage::kFirstArticle)), wanted,
                  nodes);
  }

  static absl::Status Append(storage::NodeCursor cursor, size_t wanted,
                             std::vector<NodeId>* nodes) {
    NodeId node;
    while (nodes->size() < wanted && cursor.Next(&node)) nodes->push_back(node);
    return cursor.status();
  }

  absl::Status ReadLabels(size_t limit, std::vector<NodeId>* nodes) {
    if (labels_.size() == 1) {
      return Append(storage::ScanLabel(view_, labels_[0], from_), nodes->size() + limit, nodes);
    }
    // The next `limit` of each label hold the next `limit` of all.
    std::vector<NodeId> merged;
    for (LabelId label : labels_) {
      std::vector<NodeId> portion;
      RETURN_IF_ERROR(Append(storage::ScanLabel(view_, label, from_), limit, &portion));
      merged.insert(merged.end(), portion.begin(), portion.end());
    }
    std::sort(merged.begin(), merged.end());
    merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
    if (merged.size() > limit) merged.resize(limit);
    nodes->insert(nodes->end(), merged.begin(), merged.end());
    return absl::OkStatus();
  }

  const storage::View& view_;
  const std::vector<LabelId> labels_;
  const bool all_;
  NodeId from_ = 0;
  bool done_ = false;
};

class EmptyScan : public NodeScan {
 public:
  absl::StatusOr<bool> Next(size_t, std::vector<NodeId>*) override { return false; }
};

// Opens its cursor anew for each portion, like MergedScan.
class IndexScan : public NodeScan {
 public:
  IndexScan(const storage::View& view, IndexId index, std::vector<IndexRange> ranges)
      : view_(view), index_(index), ranges_(std::move(ranges)) {}

  absl::StatusOr<bool> Next(size_t limit, std::vector<NodeId>* nodes) override {
    const size_t before = nodes->size();
    const size_t wanted = before + limit;
    for (; next_ < ranges_.size(); ++next_) {
      IndexRange& range = ranges_[next_];
      storage::IndexCursor cursor(view_, index_, range.from);
      while (nodes->size() < wanted && cursor.Next() && cursor.entry() < range.below) {
        nodes->push_back(cursor.node());
        if (nodes->size() == wanted) range.from = absl::StrCat(cursor.entry(), kBehind);
      }
      RETURN_IF_ERROR(cursor.status());
      if (nodes->size() == wanted) break;
    }
    return nodes->size() > before;
  }

 private:
  // What makes of an entry the least bytes behind it.
  static constexpr absl::string_view kBehind = absl::string_view("\0", 1);

  const storage::View& view_;
  const IndexId index_;
  std::vector<IndexRange> ranges_;
  size_t next_ = 0;
};

class HopSourceScan : public NodeScan {
 public:
  HopSourceScan(const storage::View& view, Direction direction)
      : view_(view), direction_(direction) {}

  absl::StatusOr<bool> Next(size_t limit, std::vector<NodeId>* nodes) override {
    const size_t before = nodes->size();
    RETURN_IF_ERROR(storage::NodesWithEdges(view_, direction_, from_, limit, nodes));
    if (nodes->size() == before) return false;
    from_ = nodes->back() + 1;
    return true;
  }

 private:
  const storage::View& view_;
  const Direction direction_;
  NodeId from_ = 0;
};

absl::Status MissingNode(NodeId node) {
  return MakeError(ErrorCode::kDeletedEntityAccess,
                   absl::StrCat("The node ", node, " does not exist (any more)"));
}

uint64_t CounterOrZero(const storage::View& view, absl::string_view name) {
  const absl::StatusOr<uint64_t> count = view.Counter(name);
  return count.ok() ? *count : 0;
}

}  // namespace

Graph::Graph(const storage::View& view, const Catalogue* catalogue)
    : view_(&view), catalogue_(catalogue), articles_(view) {}

absl::StatusOr<const NodeRecord*> Graph::NeedNode(storage::NodeReader& reader, NodeId node) {
  ASSIGN_OR_RETURN(const NodeRecord* record, reader.Read(node));
  return record == nullptr ? MissingNode(node) : absl::StatusOr<const NodeRecord*>(record);
}

absl::StatusOr<NodeRecord> Graph::NeedNode(NodeId node) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const NodeRecord* record, NeedNode(reader, node));
  return *record;
}

absl::StatusOr<std::vector<MapEntry>> Graph::Unpack(absl::string_view properties) const {
  ASSIGN_OR_RETURN(std::vector<Property> unpacked, UnpackProperties(properties));
  std::vector<MapEntry> out;
  out.reserve(unpacked.size());
  for (Property& property : unpacked) {
    if (property.first >= catalogue_->property_count()) {
      return absl::DataLossError("a property has no name in the catalogue");
    }
    out.emplace_back(catalogue_->property(property.first), std::move(property.second));
  }
  std::sort(out.begin(), out.end(),
            [](const MapEntry& a, const MapEntry& b) { return a.first < b.first; });
  return out;
}

absl::StatusOr<bool> Graph::HasNode(NodeId node) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const NodeRecord* record, reader.Read(node));
  return record != nullptr;
}

absl::StatusOr<std::vector<LabelId>> Graph::Labels(NodeId node) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const NodeRecord* record, NeedNode(reader, node));
  for (LabelId label : record->labels) {
    if (label >= catalogue_->label_count()) {
      return absl::DataLossError("a label has no name in the catalogue");
    }
  }
  return record->labels;
}

absl::StatusOr<bool> Graph::HasLabel(NodeId node, LabelId label) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const NodeRecord* record, NeedNode(reader, node));
  if (label >= catalogue_->label_count()) return false;
  const std::vector<LabelId>& accepted = catalogue_->DescendantLabels(label);
  return std::any_of(record->labels.begin(), record->labels.end(), [&](LabelId own) {
    return std::binary_search(accepted.begin(), accepted.end(), own);
  });
}

absl::StatusOr<Value> Graph::NodeProperty(NodeId node, absl::string_view name) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const NodeRecord* record, NeedNode(reader, node));
  const PropertyId property = catalogue_->FindProperty(name);
  if (property == kNoSymbol) return Value::Null();
  return FindProperty(record->properties, property);
}

absl::Status Graph::NodeProperties(absl::Span<const NodeId> nodes, absl::string_view name,
                                   std::vector<Value>* values) const {
  // So many records are held at once.
  constexpr size_t kAtOnce = 1024;
  values->clear();
  values->reserve(nodes.size());
  const PropertyId property = catalogue_->FindProperty(name);
  storage::NodeReader reader(*view_);
  for (size_t begin = 0; begin < nodes.size(); begin += kAtOnce) {
    const absl::Span<const NodeId> part = nodes.subspan(begin, kAtOnce);
    RETURN_IF_ERROR(reader.Load(part));
    for (size_t i = 0; i < part.size(); ++i) {
      const NodeRecord* record = reader.record(i);
      if (record == nullptr && part[i] != kNoId) return MissingNode(part[i]);
      if (record == nullptr || property == kNoSymbol) {
        values->emplace_back();
        continue;
      }
      ASSIGN_OR_RETURN(Value value, FindProperty(record->properties, property));
      values->push_back(std::move(value));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MapEntry>> Graph::NodeProperties(NodeId node) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const NodeRecord* record, NeedNode(reader, node));
  return Unpack(record->properties);
}

std::unique_ptr<NodeScan> Graph::ScanNodes() const {
  return std::make_unique<MergedScan>(*view_, std::vector<LabelId>());
}

std::unique_ptr<NodeScan> Graph::ScanLabel(LabelId label) const {
  if (label >= catalogue_->label_count()) return std::make_unique<EmptyScan>();
  return std::make_unique<MergedScan>(*view_, catalogue_->DescendantLabels(label));
}

std::unique_ptr<NodeScan> Graph::ScanIndex(const PropertyIndex& index,
                                           std::vector<IndexRange> ranges) const {
  return std::make_unique<IndexScan>(*view_, index.id, std::move(ranges));
}

std::unique_ptr<NodeScan> Graph::ScanHopSources(Heading heading) const {
  return std::make_unique<HopSourceScan>(
      *view_, heading == Heading::kIn ? Direction::kIn : Direction::kOut);
}

uint64_t Graph::Sequence() const { return view_->sequence(); }

uint64_t Graph::NodeCount() const {
  return CounterOrZero(*view_, storage::kEntityCount) +
         CounterOrZero(*view_, storage::kArticleCount);
}

uint64_t Graph::LabelCount(LabelId label) const {
  if (label >= catalogue_->label_count()) return 0;
  uint64_t count = 0;
  for (LabelId under : catalogue_->DescendantLabels(label)) {
    count += CounterOrZero(*view_, LabelCounter(under));
  }
  return std::min(count, NodeCount());
}

uint64_t Graph::RelationshipCount() const { return CounterOrZero(*view_, storage::kFactCount); }

uint64_t Graph::RelationCount(RelationId type) const {
  return CounterOrZero(*view_, RelationCounter(type));
}

uint64_t Graph::IndexedNodes(const PropertyIndex& index) const {
  return CounterOrZero(*view_, IndexEntryCounter(index.id));
}

uint64_t Graph::IndexedValues(const PropertyIndex& index) const {
  return CounterOrZero(*view_, IndexValueCounter(index.id));
}

absl::Status Graph::FillNode(NodeId node, Value* value) const {
  storage::NodeReader reader(*view_);
  ASSIGN_OR_RETURN(const NodeRecord* record, reader.Read(node));
  if (record == nullptr) {
    *value = Value::Node(node);
    return absl::OkStatus();
  }
  NodeContent content;
  content.id = node;
  for (LabelId label : record->labels) {
    if (label >= catalogue_->label_count()) {
      return absl::DataLossError("a label has no name in the catalogue");
    }
    content.labels.push_back(catalogue_->label(label).name);
  }
  ASSIGN_OR_RETURN(content.properties, Unpack(record->properties));
  *value = Value::Node(std::move(content));
  return absl::OkStatus();
}

absl::StatusOr<Value> Graph::Fill(const Value& value) const {
  Value filled;
  switch (value.type()) {
    case Value::Type::kNode:
      RETURN_IF_ERROR(FillNode(value.node_id(), &filled));
      return filled;
    case Value::Type::kRelationship:
      RETURN_IF_ERROR(FillRelationship(value.relationship(), &filled));
      return filled;
    case Value::Type::kPath: {
      PathContent path = value.path();
      for (Value& node : path.nodes) {
        ASSIGN_OR_RETURN(node, Fill(node));
      }
      for (Value& relationship : path.relationships) {
        ASSIGN_OR_RETURN(relationship, Fill(relationship));
      }
      return Value::Path(std::move(path));
    }
    case Value::Type::kList: {
      std::vector<Value> list = value.list();
      for (Value& element : list) {
        ASSIGN_OR_RETURN(element, Fill(element));
      }
      return Value::List(std::move(list));
    }
    case Value::Type::kMap: {
      std::vector<MapEntry> map = value.map();
      for (MapEntry& entry : map) {
        ASSIGN_OR_RETURN(entry.second, Fill(entry.second));
      }
      return Value::Map(std::move(map));
    }
    default:
      return value;
  }
}

}  // namespace entente
