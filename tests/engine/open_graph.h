// A transient database with tiny pages and blocks, one open write transaction, and short ways to
// say what tests say often.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/claim_writer.h"
#include "engine/core.h"
#include "engine/temporal_calendar.h"
#include "engine/temporal_text.h"
#include "gtest/gtest.h"
#include "storage/store.h"

namespace entente {

#define ASSERT_OK(expr)                                  \
  do {                                                   \
    const absl::Status _ok = (expr);                     \
    ASSERT_TRUE(_ok.ok()) << std::string(_ok.message()); \
  } while (false)

// The value, or the end of the test program: for calls that must succeed.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    ADD_FAILURE() << std::string(value.status().message());
    std::abort();
  }
  return *std::move(value);
}

inline void MustBeOk(const absl::Status& status) {
  if (status.ok()) return;
  ADD_FAILURE() << std::string(status.message());
  std::abort();
}

inline Value Text(absl::string_view text) { return Value::String(text); }

class OpenGraph {
 public:
  explicit OpenGraph(uint32_t edges_per_chunk = 4, uint32_t facts_per_block = 2) {
    DatabaseOptions options;
    options.edges_per_chunk = edges_per_chunk;
    options.facts_per_block = facts_per_block;
    core_ = Must(Core::Open(":memory:", options));
    Begin();
  }

  void Begin() { writing_ = Must(core_->BeginWrite(nullptr)); }
  void Commit() {
    MustBeOk(writing_->Commit());
    writing_.reset();
  }
  void CommitAndBegin() {
    Commit();
    Begin();
  }

  // Commits, packs facts into blocks and goes on.
  void SealAndBegin() {
    Commit();
    MustBeOk(core_->store().SealFacts());
    Begin();
  }

  Core& core() { return *core_; }
  GraphWriter& graph() { return writing_->graph(); }

  NodeId Node(std::vector<MapEntry> properties = {}, std::vector<std::string> labels = {}) {
    return Must(graph().CreateNode(labels, properties));
  }
  NodeId Entity(const std::string& key, const std::string& name = "") {
    ClaimWriter writer(graph());
    EntityInput input;
    input.key = key;
    input.name = name;
    return Must(writer.UpsertEntity(input)).node;
  }
  // `published` as ISO 8601, "" for none.
  NodeId Article(const std::string& key, const std::string& publisher = "",
                 const std::string& published = "", const std::string& copy_of = "") {
    ClaimWriter writer(graph());
    ArticleInput input;
    input.key = key;
    input.publisher = publisher;
    if (!published.empty()) input.published = Value::String(published);
    input.copy_of = copy_of;
    return Must(writer.UpsertArticle(input)).node;
  }
  FactId Relate(NodeId start, const std::string& type, NodeId end,
                const std::vector<MapEntry>& properties = {}) {
    return Must(graph().CreateRelationship(start, type, end, properties)).relationship().id;
  }
  void Cite(FactId fact, NodeId article, Stance stance, double confidence,
            NodeId asserter = kNoId) {
    ClaimWriter writer(graph());
    EvidenceInput input;
    input.article = article;
    input.stance = stance;
    input.confidence = confidence;
    input.asserter = asserter;
    Must(writer.Cite(fact, {input}));
  }
  Corroboration Of(FactId fact, const Lens& lens = Lens()) {
    return Must(graph().CorroborationOf(fact, lens));
  }

  static Value Day(const std::string& text) { return Value::OfDate(Must(ParseDate(text))); }
  static Value Moment(const std::string& text) {
    return Value::OfDateTime(Must(ParseDateTime(text)));
  }
  static Instant Micros(const std::string& text) {
    const DateTime time = Must(ParseDateTime(text));
    return time.seconds * 1'000'000 + time.nanoseconds / 1000;
  }

 private:
  std::shared_ptr<Core> core_;
  std::unique_ptr<WriteTransaction> writing_;
};

// Facts that an expansion from `node` finds, in its order.
inline std::vector<FactId> Expand(const Graph& graph, NodeId node, Heading heading,
                                  const RelationSet& types = {}, const Lens& lens = Lens(),
                                  size_t portion = 1000) {
  Expansion expansion(graph, heading, types, lens);
  expansion.Start({node});
  Edges edges;
  while (Must(expansion.Next(portion, &edges))) {
  }
  return edges.fact;
}

}  // namespace entente
