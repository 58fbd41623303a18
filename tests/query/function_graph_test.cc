// Functions that read the graph, on a small world: what North Korea's support of Russia rests on.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/claim_writer.h"
#include "engine/core.h"
#include "engine/error.h"
#include "engine/temporal_text.h"
#include "engine/value_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/function.h"

namespace entente::query {
namespace {

using testing::HasSubstr;

Value S(absl::string_view text) { return Value::String(text); }

class FunctionGraphTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::shared_ptr<Core>> core = Core::Open(":memory:", {});
    ASSERT_TRUE(core.ok()) << core.status();
    core_ = *std::move(core);
    absl::StatusOr<std::unique_ptr<WriteTransaction>> write = core_->BeginWrite(nullptr);
    ASSERT_TRUE(write.ok()) << write.status();
    write_ = *std::move(write);
    context_.graph = &write_->graph();
    BuildWorld();
  }

  template <typename T>
  static T Must(absl::StatusOr<T> result) {
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : T();
  }

  static EvidenceInput Piece(NodeId article, Stance stance, double confidence) {
    EvidenceInput piece;
    piece.article = article;
    piece.stance = stance;
    piece.confidence = confidence;
    return piece;
  }

  NodeId Article(ClaimWriter& writer, absl::string_view key, absl::string_view publisher,
                 absl::string_view published, absl::string_view copy_of = "") {
    ArticleInput article;
    article.key = std::string(key);
    article.publisher = std::string(publisher);
    article.published = S(published);
    article.copy_of = std::string(copy_of);
    return Must(writer.UpsertArticle(article)).node;
  }

  void BuildWorld() {
    ClaimWriter writer(write_->graph());
    korea_ = Must(writer.UpsertEntity({.key = "iso:PRK",
                                       .name = "North Korea",
                                       .labels = {"Country"},
                                       .names = {{"Nordkorea", "de", ""}, {"북한", "ko", ""}}}))
                 .node;
    russia_ = Must(writer.UpsertEntity({.key = "iso:RUS", .name = "Russia"})).node;
    ASSERT_TRUE(writer.UpsertEntity({.key = "iso:GEO", .name = "Georgia"}).ok());
    ASSERT_TRUE(writer.UpsertEntity({.key = "us:GA", .name = "Georgia"}).ok());
    supports_ = Must(write_->graph().DefineRelation(
        {.name = "SUPPORTS", .sign = 1, .cameo_code = "07", .goldstein = 7.5}));
    kcna_article_ = Article(writer, "kcna-1", "KCNA", "2024-06-19T08:00:00Z");
    const NodeId reuters = Article(writer, "reuters-1", "Reuters", "2024-06-20");
    const NodeId reprint = Article(writer, "daily-1", "Daily", "2024-06-21", "reuters-1");
    const NodeId denial = Article(writer, "tass-1", "TASS", "2024-06-22");

    FactInput fact;
    fact.subject = korea_;
    fact.relation = supports_;
    fact.object = russia_;
    fact.valid_from = ValidEndOf(*ParsePartialDate("2024-06"));
    const FactId supports = Must(writer.AddFact(fact)).fact;
    EvidenceInput quoted = Piece(kcna_article_, Stance::kAffirms, 0.8);
    quoted.asserter = korea_;
    quoted.sentence = 3;
    quoted.span_begin = 10;
    quoted.span_end = 25;
    quoted.quote = "we stand by them";
    ASSERT_TRUE(writer
                    .Cite(supports, {quoted, Piece(reuters, Stance::kReports, 0.5),
                                     Piece(reprint, Stance::kReports, 0.6),
                                     Piece(denial, Stance::kDenies, 0.5)})
                    .ok());
    ASSERT_TRUE(writer.Finish().ok());
    fact_ = Must(write_->graph().Relationship(supports, nullptr));
    bare_ = Must(write_->graph().CreateRelationship(russia_, "SUPPORTS", korea_, {}));
  }

  absl::StatusOr<Value> Call(absl::string_view name, const std::vector<Value>& arguments) {
    return CallFunction(*FindFunction(name), context_, arguments);
  }

  std::string Shown(absl::string_view name, const std::vector<Value>& arguments) {
    const absl::StatusOr<Value> result = Call(name, arguments);
    if (result.ok()) return ValueText(*result);
    const ErrorInfo info = ErrorInfoOf(result.status());
    return absl::StrCat(info.type, ": ", info.detail);
  }

  std::shared_ptr<Core> core_;
  std::unique_ptr<WriteTransaction> write_;
  FunctionContext context_;
  NodeId korea_ = kNoId;
  NodeId russia_ = kNoId;
  NodeId kcna_article_ = kNoId;
  RelationId supports_ = kNoSymbol;
  Value fact_;
  Value bare_;  // made by CREATE, without evidence
};

TEST_F(FunctionGraphTest, NodesAndRelationshipsTellWhatTheyAre) {
  const Value korea = Value::Node(korea_);
  EXPECT_EQ(Shown("labels", {korea}), "['Country']");
  EXPECT_EQ(Shown("labels", {Value::Node(russia_)}), "[]");
  EXPECT_EQ(Shown("type", {fact_}), "'SUPPORTS'");
  EXPECT_EQ(Shown("id", {Call("startNode", {fact_}).value()}), Shown("id", {korea}));
  EXPECT_EQ(Shown("properties", {korea}), "{key: 'iso:PRK', name: 'North Korea'}");
  EXPECT_EQ(Shown("keys", {fact_}), "['valid_from']");
  EXPECT_EQ(ValueText(PropertyOf(context_, korea, "name").value()), "'North Korea'");
  EXPECT_EQ(ValueText(ElementAt(context_, korea, S("nothing")).value()), "null");
}

TEST_F(FunctionGraphTest, DeletedThingsAreNotRead) {
  ASSERT_TRUE(write_->graph().DeleteRelationship(bare_.relationship().id).ok());
  EXPECT_EQ(Shown("type", {bare_}), "'SUPPORTS'");
  EXPECT_EQ(Shown("properties", {bare_}), "EntityNotFound: DeletedEntityAccess");
}

TEST_F(FunctionGraphTest, CorroborationCountsACopyWithItsOriginal) {
  // KCNA affirms 0.8; Reuters and its reprint are one source of 0.6; TASS denies 0.5.
  EXPECT_EQ(Shown("support", {fact_}), "0.92");
  EXPECT_EQ(Shown("denial", {fact_}), "0.5");
  EXPECT_EQ(Shown("confidence", {fact_}), "0.46");
  EXPECT_EQ(Shown("contested", {fact_}), "true");
  EXPECT_EQ(Shown("sources", {fact_}), "['KCNA', 'Reuters']");
  EXPECT_THAT(Shown("first_reported", {fact_}), HasSubstr("2024-06-19T08:00Z"));
  EXPECT_EQ(Call("last_reported", {fact_})->type(), Value::Type::kDateTime);
}

TEST_F(FunctionGraphTest, WithoutEvidenceThereIsNothingToTell) {
  for (absl::string_view name :
       {"support", "denial", "confidence", "contested", "first_reported", "last_reported"}) {
    EXPECT_EQ(Shown(name, {bare_}), "null") << std::string(name);
  }
  EXPECT_EQ(Shown("evidence", {bare_}), "[]");
  EXPECT_EQ(Shown("sources", {bare_}), "[]");
}

TEST_F(FunctionGraphTest, EvidenceIsAListOfMaps) {
  const Value evidence = Call("evidence", {fact_}).value();
  ASSERT_EQ(evidence.list().size(), 4u);
  const Value* quoted = nullptr;
  for (const Value& piece : evidence.list()) {
    if (piece.Find("article")->node_id() == kcna_article_) quoted = &piece;
  }
  ASSERT_NE(quoted, nullptr);
  EXPECT_EQ(ValueText(*quoted->Find("stance")), "'affirms'");
  EXPECT_EQ(ValueText(*quoted->Find("confidence")), "0.8");
  EXPECT_EQ(ValueText(*quoted->Find("published")), "'2024-06-19T08:00Z'");
  EXPECT_EQ(ValueText(*quoted->Find("sentence")), "3");
  EXPECT_EQ(ValueText(*quoted->Find("span")), "[10, 25]");
  EXPECT_EQ(ValueText(*quoted->Find("quote")), "'we stand by them'");
  EXPECT_EQ(quoted->Find("asserted_by")->node_id(), korea_);
  EXPECT_EQ(ValueText(PropertyOf(context_, *quoted->Find("publisher"), "name").value()), "'KCNA'");
}

TEST_F(FunctionGraphTest, ALensThatTheRelationshipCarriesDecides) {
  Lens early;
  early.known_until = 1718841600LL * 1'000'000;  // 2024-06-20T00:00Z
  RelationshipContent content = fact_.relationship();
  content.lens = &early;
  const Value bound = Value::Relationship(content);
  EXPECT_EQ(Shown("sources", {bound}), "['KCNA', 'Reuters']");
  EXPECT_EQ(Shown("denial", {bound}), "0.0");
  EXPECT_EQ(Call("evidence", {bound})->list().size(), 2u);
  context_.lens = &early;
  EXPECT_EQ(Shown("denial", {fact_}), "0.0");
}

TEST_F(FunctionGraphTest, ReportedByLooksAtPublishersAndAsserters) {
  EXPECT_EQ(Shown("reported_by", {fact_, S("KCNA")}), "true");
  EXPECT_EQ(Shown("reported_by", {fact_, S("Nordkorea")}), "true");
  EXPECT_EQ(Shown("reported_by", {fact_, Value::Node(russia_)}), "false");
  EXPECT_EQ(Shown("reported_by", {fact_, S("TASS")}), "false");
  EXPECT_EQ(Shown("reported_by", {fact_, Value::List({S("TASS"), S("Daily")})}), "true");
  EXPECT_EQ(Shown("reported_by", {fact_, S("Nobody at all")}), "SemanticError: UnknownName");
}

TEST_F(FunctionGraphTest, NamesAreLookedUpInAnyLanguage) {
  EXPECT_EQ(Call("entity", {S("nordkorea")})->node_id(), korea_);
  EXPECT_EQ(Call("entity", {S("iso:PRK")})->node_id(), korea_);
  EXPECT_EQ(Shown("entity", {S("Atlantis")}), "null");
  const absl::StatusOr<Value> georgia = Call("entity", {S("Georgia")});
  EXPECT_EQ(ErrorInfoOf(georgia.status()).detail, "AmbiguousName");
  EXPECT_THAT(std::string(georgia.status().message()), HasSubstr("iso:GEO"));
  EXPECT_THAT(std::string(georgia.status().message()), HasSubstr("us:GA"));
  const absl::StatusOr<Value> typo = Call("entente.named_entity", {S("Nordkorae")});
  EXPECT_EQ(ErrorInfoOf(typo.status()).detail, "UnknownName");
  EXPECT_THAT(std::string(typo.status().message()), HasSubstr("Nordkorea"));
  EXPECT_EQ(Call("entente.named_entity", {S("북한")})->node_id(), korea_);
  EXPECT_THAT(Shown("names", {Value::Node(korea_)}),
              HasSubstr("{from: null, language: 'ko', name: '북한', script: 'Hang', to: null}"));
}

TEST_F(FunctionGraphTest, ArticlesLeadToPublishersAndFacts) {
  const Value article = Value::Node(kcna_article_);
  const Value publisher = Call("publisher", {article}).value();
  EXPECT_EQ(ValueText(PropertyOf(context_, publisher, "name").value()), "'KCNA'");
  const Value articles = Call("articles", {publisher}).value();
  ASSERT_EQ(articles.list().size(), 1u);
  EXPECT_EQ(articles.list()[0].node_id(), kcna_article_);
  const Value facts = Call("facts", {article}).value();
  ASSERT_EQ(facts.list().size(), 1u);
  EXPECT_EQ(facts.list()[0].relationship().id, fact_.relationship().id);
  EXPECT_EQ(Shown("facts", {Value::Node(korea_)}), "[]");
  EXPECT_EQ(Shown("publisher", {Value::Node(korea_)}), "null");
}

TEST_F(FunctionGraphTest, ValidTimeKeepsItsPrecision) {
  EXPECT_EQ(Shown("since", {fact_}), "'2024-06'");
  EXPECT_EQ(Shown("until", {fact_}), "null");
  EXPECT_EQ(Shown("precision", {fact_, S("valid_from")}), "'month'");
  EXPECT_EQ(Shown("precision", {fact_, S("valid_to")}), "null");
  EXPECT_EQ(Shown("precision", {fact_, S("since")}), "ArgumentError: InvalidArgumentValue");
  EXPECT_EQ(ValueText(PropertyOf(context_, fact_, "valid_from").value()), "'2024-06-01'");
}

TEST_F(FunctionGraphTest, RelationTypesHaveSignsAndWeights) {
  EXPECT_EQ(Shown("sign", {S("SUPPORTS")}), "1");
  EXPECT_EQ(Shown("sign", {S("NO_SUCH_TYPE")}), "null");
  EXPECT_EQ(Shown("goldstein", {fact_}), "7.5");
}

}  // namespace
}  // namespace entente::query
