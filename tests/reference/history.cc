#include "tests/reference/history.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace entente::reference {
namespace {

// "k" fields as JSON or Cypher maps write them; what is not said is left out.
class Fields {
 public:
  explicit Fields(bool json) : json_(json) {}

  void Text(const char* name, const std::string& value) {
    if (!value.empty()) Raw(name, absl::StrCat(Quoted(value)));
  }
  void Raw(const char* name, const std::string& value) {
    fields_.push_back(absl::StrCat(json_ ? absl::StrCat("\"", name, "\"") : name, ": ", value));
  }
  std::string Quoted(const std::string& text) const {
    return json_ ? absl::StrCat("\"", text, "\"") : absl::StrCat("'", text, "'");
  }
  std::string Map() const { return absl::StrCat("{", absl::StrJoin(fields_, ", "), "}"); }

 private:
  const bool json_;
  std::vector<std::string> fields_;
};

std::string Hundredths(int share) { return absl::StrCat(share / 100.0); }

// What a claim or entente.cite says of a piece.
void AddPieceFields(const Evidence& piece, const std::string& asserter, Fields* fields) {
  fields->Text("stance", piece.stance);
  fields->Raw("confidence", Hundredths(piece.confidence));
  fields->Text("asserted_by", asserter);
  if (piece.sentence.has_value()) fields->Raw("sentence", absl::StrCat(*piece.sentence));
  if (piece.span.has_value()) {
    fields->Raw("span", absl::StrCat("[", piece.span->first, ", ", piece.span->second, "]"));
  }
  fields->Text("quote", piece.quote);
}

std::string Json(const ClaimsLine& line) {
  Fields all(/*json=*/true);
  const auto texts = [&](const std::vector<std::string>& list) {
    return absl::StrCat("[",
                        absl::StrJoin(list, ", ",
                                      [&](std::string* out, const std::string& text) {
                                        absl::StrAppend(out, all.Quoted(text));
                                      }),
                        "]");
  };
  std::vector<std::string> entities;
  for (const EntityRecord& record : line.entities) {
    Fields entity(true);
    entity.Text("key", record.key);
    entity.Text("name", record.name);
    entity.Raw("labels", texts(record.labels));
    entity.Raw("names", absl::StrCat("{\"de\": ", texts(record.aliases), "}"));
    entities.push_back(entity.Map());
  }
  if (!entities.empty()) all.Raw("entities", absl::StrCat("[", absl::StrJoin(entities, ", "), "]"));
  if (line.article.has_value()) {
    Fields article(true);
    article.Text("key", line.article->key);
    article.Text("publisher", line.article->publisher);
    article.Text("published", line.article->published);
    article.Text("copy_of", line.article->copy_of);
    all.Raw("article", article.Map());
  }
  std::vector<std::string> claims;
  for (const ClaimRecord& record : line.claims) {
    Fields claim(true);
    claim.Text("subject", record.subject);
    claim.Text("type", record.type);
    claim.Text("object", record.object);
    claim.Text("valid_from", record.from.written);
    claim.Text("valid_to", record.to.written);
    AddPieceFields(record.evidence, record.asserter, &claim);
    claim.Raw("properties", absl::StrCat("{\"n\": ", record.number, "}"));
    claims.push_back(claim.Map());
  }
  if (!claims.empty()) all.Raw("claims", absl::StrCat("[", absl::StrJoin(claims, ", "), "]"));
  return all.Map();
}

// An end as Cypher sets it: days and moments alone.
std::string CypherTime(const std::string& written) {
  if (written.empty()) return "null";
  return absl::StrCat(written.size() > 10 ? "datetime('" : "date('", written, "')");
}

std::string MatchFact(const Fact& fact) {
  return absl::StrCat("MATCH ()-[r {n: ", fact.number, "}]->() INCLUDING ALL ");
}

}  // namespace

const std::vector<std::string>& EntityNames() {
  static const std::vector<std::string> names = {"Alpha", "Beta",  "Gamma", "Delta", "Omega",
                                                 "Alfa",  "Betta", "Wire",  "Daily", "Herald"};
  return names;
}

const std::vector<std::string>& EntityKeys() {
  static const std::vector<std::string> keys = {"k:0", "k:1", "k:2", "k:3"};
  return keys;
}

const std::vector<std::string>& Types() {
  static const std::vector<std::string> types = {"BACKS", "ARMS", "FUNDS", "FIGHTS"};
  return types;
}

const std::vector<std::string>& Labels() {
  static const std::vector<std::string> labels = {"Actor", "State", "Group"};
  return labels;
}

std::vector<std::string> Declarations() {
  std::vector<std::string> statements;
  for (const std::string& type : Types()) {
    statements.push_back(absl::StrCat("CREATE RELATION TYPE ", type));
  }
  for (const std::string& label : Labels()) {
    statements.push_back(absl::StrCat("CREATE LABEL ", label));
  }
  return statements;
}

std::string RandomTime(Random& random, bool days) {
  const int year = 2024;
  const int month = 1 + random.Below(4);
  char text[32];
  switch (days ? 2 : random.Below(6)) {
    case 0:
      return absl::StrCat(year + random.Below(2));
    case 1:
      std::snprintf(text, sizeof(text), "%d-%02d", year, month);
      break;
    case 2:
    case 3:
      std::snprintf(text, sizeof(text), "%d-%02d-%02d", year, month, 1 + random.Below(3) * 10);
      break;
    default:
      std::snprintf(text, sizeof(text), "%d-%02d-%02dT%02d:00Z", year, month,
                    1 + random.Below(3) * 10, random.Below(2) * 12);
  }
  return text;
}

Step History::Next() {
  if (world_.facts.empty()) return Import();
  if (unmerged_.has_value()) {
    if (random_.OneIn(2)) return Unmerge();
    unmerged_.reset();
  }
  switch (random_.Below(17)) {
    case 0:
      return Create();
    case 1:
      return CreateArticle();
    case 2:
    case 3:
    case 4:
      return Cite();
    case 5:
    case 6:
      return Retract();
    case 7:
      return SetValid();
    case 8:
    case 9:
      return ChangeArticle();
    case 10:
      return Delete();
    case 11:
      return ChangeTaxonomy();
    case 12:
      return Again();
    case 13:
      return Merge();
    default:
      return Import();
  }
}

std::string History::AnyName() {
  return random_.OneIn(4) ? random_.Of(EntityNames()) : random_.Of(EntityKeys());
}

std::string History::AnyPublisher() {
  return EntityNames()[EntityNames().size() - 1 - random_.Below(5)];
}

ValidEnd History::AnyEnd() { return {random_.OneIn(2) ? "" : RandomTime(random_)}; }

Evidence History::AnyPiece() {
  Evidence piece;
  piece.stance =
      random_.Of(std::vector<std::string>{"reports", "reports", "affirms", "affirms", "denies"});
  piece.confidence = random_.Of(std::vector<int>{0, 20, 40, 50, 60, 75, 80, 90, 100});
  if (random_.OneIn(3)) piece.sentence = random_.Below(2);
  if (random_.OneIn(4)) piece.span = {random_.Below(2), 4};
  if (random_.OneIn(4)) piece.quote = absl::StrCat("words ", random_.Below(100));
  return piece;
}

// Copies lead to articles with a lower number, so that none closes a cycle by chance.
ArticleRecord History::AnyArticle() {
  const int number = random_.Below(8);
  ArticleRecord article;
  article.key = absl::StrCat("a", number);
  if (!random_.OneIn(4)) article.publisher = AnyPublisher();
  if (!random_.OneIn(4)) article.published = RandomTime(random_, random_.OneIn(2));
  if (article.published.size() < 10) article.published.clear();
  if (number > 0 && random_.OneIn(3)) article.copy_of = absl::StrCat("a", random_.Below(number));
  return article;
}

std::vector<Id> History::LiveFacts() const {
  std::vector<Id> live;
  for (size_t i = 0; i < world_.facts.size(); ++i) {
    if (!world_.facts[i].gone) live.push_back(static_cast<Id>(i));
  }
  return live;
}

std::vector<Id> History::LiveArticles() const {
  std::vector<Id> live;
  for (size_t i = 0; i < world_.articles.size(); ++i) {
    if (!world_.articles[i].gone) live.push_back(static_cast<Id>(i));
  }
  return live;
}

Step History::Import() {
  // The first one brings more than one at a time later on.
  std::vector<ClaimsLine> lines(imports_.empty() ? 5 : 1 + random_.Below(3));
  for (ClaimsLine& line : lines) {
    line.article = AnyArticle();
    if (random_.OneIn(2)) {
      const int which = random_.Below(static_cast<int>(EntityKeys().size()));
      EntityRecord record = {EntityKeys()[which], EntityNames()[which], {}, {}};
      if (which < 2) record.aliases.push_back(EntityNames()[which + 5]);
      record.labels.push_back(random_.Of(Labels()));
      line.entities.push_back(record);
    }
    for (int i = random_.Below(5); i > 0; --i) {
      ClaimRecord claim;
      claim.subject = AnyName();
      claim.object = AnyName();
      claim.type = random_.Of(Types());
      claim.from = AnyEnd();
      claim.to = AnyEnd();
      claim.evidence = AnyPiece();
      if (random_.OneIn(3)) claim.asserter = AnyName();
      claim.number = ++numbers_;
      line.claims.push_back(claim);
    }
  }
  imports_.push_back(lines);
  return ImportLines(lines);
}

// An import that was done before: what it says is known, unless it was deleted or replaced since.
// The numbers of its facts are new ones, which those that are known do not take.
Step History::Again() {
  if (imports_.empty()) return Import();
  std::vector<ClaimsLine> lines = random_.Of(imports_);
  for (ClaimsLine& line : lines) {
    for (ClaimRecord& claim : line.claims) claim.number = ++numbers_;
  }
  return ImportLines(lines);
}

Step History::ImportLines(const std::vector<ClaimsLine>& lines) {
  const auto text = absl::StrJoin(lines, "\n", [](std::string* out, const ClaimsLine& line) {
    absl::StrAppend(out, Json(line));
  });
  return {Step::Kind::kImport, text, /*fails=*/world_.Import(lines) > 0};
}

Step History::Create() {
  Fact fact;
  fact.number = ++numbers_;
  fact.subject = world_.NeedNamed(random_.Of(EntityKeys()));
  fact.object = world_.NeedNamed(random_.Of(EntityKeys()));
  fact.type = random_.Of(Types());
  Fields properties(/*json=*/false);
  properties.Raw("n", absl::StrCat(fact.number));
  for (ValidEnd* end : {&fact.from, &fact.to}) {
    end->written = random_.OneIn(2) ? "" : RandomTime(random_);
    if (end->written.size() < 10) end->written.clear();
    const char* name = end == &fact.from ? "valid_from" : "valid_to";
    properties.Raw(name, CypherTime(end->written));
  }
  world_.facts.push_back(fact);
  const auto node = [&](const char* variable, Id id) {
    return absl::StrCat("MERGE (", variable, " {key: '", world_.entities[id].key, "'}) ",
                        "ON CREATE SET ", variable, ".name = '", world_.entities[id].name, "' ");
  };
  return {Step::Kind::kStatement,
          absl::StrCat(node("a", fact.subject), node("b", fact.object), "CREATE (a)-[:", fact.type,
                       " ", properties.Map(), "]->(b)")};
}

Step History::CreateArticle() {
  const ArticleRecord article = AnyArticle();
  if (world_.ArticleWithKey(article.key) != kNobody) return ChangeArticle();
  Step step;
  step.fails = !world_.PutArticle(article);
  Fields properties(/*json=*/false);
  properties.Text("key", article.key);
  properties.Text("publisher", article.publisher);
  properties.Text("published", article.published);
  properties.Text("copy_of", article.copy_of);
  step.text = absl::StrCat("CREATE (:Article ", properties.Map(), ")");
  return step;
}

Step History::Cite() {
  const std::vector<Id> facts = LiveFacts();
  const std::vector<Id> articles = LiveArticles();
  if (facts.empty() || articles.empty()) return Import();
  const Id fact = random_.Of(facts);
  Evidence piece = AnyPiece();
  piece.article = random_.Of(articles);
  const std::string asserter = random_.OneIn(3) ? AnyName() : "";
  Fields details(/*json=*/false);
  AddPieceFields(piece, asserter, &details);
  const Step step = {
      Step::Kind::kStatement,
      absl::StrCat(MatchFact(world_.facts[fact]), "MATCH (x:Article {key: '",
                   world_.articles[piece.article].key, "'}) CALL entente.cite(r, x, ",
                   details.Map(), ") YIELD added RETURN added")};
  if (!asserter.empty()) piece.asserter = world_.NeedNamed(asserter);
  world_.Cite(fact, piece);
  return step;
}

Step History::Retract() {
  std::vector<Id> facts;
  for (const Id fact : LiveFacts()) {
    if (!world_.facts[fact].evidence.empty()) facts.push_back(fact);
  }
  if (facts.empty()) return Cite();
  Fact& fact = world_.facts[random_.Of(facts)];
  const Evidence chosen = random_.Of(fact.evidence);
  const bool stance_matters = random_.OneIn(2);
  const std::string at = RandomTime(random_, /*days=*/true);
  Fields details(/*json=*/false);
  if (stance_matters) details.Text("stance", chosen.stance);
  details.Raw("at", CypherTime(at));
  for (Evidence& piece : fact.evidence) {
    const bool meant =
        piece.article == chosen.article && (!stance_matters || piece.stance == chosen.stance);
    if (meant && !piece.retracted.has_value()) piece.retracted = MomentOf(at);
  }
  return {Step::Kind::kStatement,
          absl::StrCat(MatchFact(fact), "MATCH (x:Article {key: '",
                       world_.articles[chosen.article].key, "'}) CALL entente.retract(r, x, ",
                       details.Map(), ") YIELD retracted RETURN retracted")};
}

Step History::SetValid() {
  const std::vector<Id> facts = LiveFacts();
  if (facts.empty()) return Import();
  Fact& fact = world_.facts[random_.Of(facts)];
  std::string change;
  if (random_.OneIn(2)) {
    fact.from = AnyEnd();
    fact.to = AnyEnd();
    const auto text = [](const ValidEnd& end) {
      return end.written.empty() ? "null" : absl::StrCat("'", end.written, "'");
    };
    change = absl::StrCat("CALL entente.valid(r, ", text(fact.from), ", ", text(fact.to), ")");
  } else {
    const bool from = random_.OneIn(2);
    ValidEnd& end = from ? fact.from : fact.to;
    end.written = random_.OneIn(3) ? "" : RandomTime(random_);
    // A number is kept, and is no time to a lens.
    const bool number = random_.OneIn(6);
    if (number || end.written.size() < 10) end.written.clear();
    change = absl::StrCat("SET r.", from ? "valid_from" : "valid_to", " = ",
                          number ? "7" : CypherTime(end.written));
  }
  return {Step::Kind::kStatement, absl::StrCat(MatchFact(fact), change)};
}

Step History::ChangeArticle() {
  const std::vector<Id> articles = LiveArticles();
  if (articles.empty()) return CreateArticle();
  const Id id = random_.Of(articles);
  Article& article = world_.articles[id];
  Step step;
  std::string change;
  switch (random_.Below(5)) {
    case 0:
      change = "x.publisher = null";
      article.publisher = kNobody;
      break;
    case 1: {
      const std::string publisher = AnyPublisher();
      change = absl::StrCat("x.publisher = '", publisher, "'");
      world_.SetPublisher(id, publisher);
      break;
    }
    case 2: {
      const std::string published = RandomTime(random_, /*days=*/true);
      change = absl::StrCat("x.published = ", CypherTime(published));
      article.published = MomentOf(published);
      break;
    }
    case 3:
      change = "x.copy_of = null";
      article.copy_of.clear();
      break;
    default: {
      const std::string original = absl::StrCat("a", random_.Below(8));
      change = absl::StrCat("x.copy_of = '", original, "'");
      step.fails = !world_.PutArticle({article.key, "", "", original});
    }
  }
  step.text = absl::StrCat("MATCH (x:Article {key: '", article.key, "'}) SET ", change);
  return step;
}

Step History::Delete() {
  if (random_.OneIn(3)) {
    const std::vector<Id> facts = LiveFacts();
    if (facts.empty()) return Import();
    Fact& fact = world_.facts[random_.Of(facts)];
    fact.gone = true;
    return {Step::Kind::kStatement, absl::StrCat(MatchFact(fact), "DELETE r")};
  }
  if (random_.OneIn(2)) {
    const std::vector<Id> articles = LiveArticles();
    if (articles.empty()) return Import();
    const Id article = random_.Of(articles);
    world_.DeleteArticle(article);
    return {Step::Kind::kStatement,
            absl::StrCat("MATCH (x:Article {key: '", world_.articles[article].key,
                         "'}) DETACH DELETE x")};
  }
  const std::optional<Id> entity = world_.Named(AnyName());
  if (!entity.has_value()) return Import();
  world_.DeleteEntity(*entity);
  return {Step::Kind::kStatement,
          absl::StrCat("MATCH (x {key: '", world_.entities[*entity].key, "'}) DETACH DELETE x")};
}

Step History::Merge() {
  const std::optional<Id> into = world_.Named(random_.Of(EntityKeys()));
  const std::optional<Id> merged = world_.Named(random_.Of(EntityKeys()));
  const auto has_key = [&](const std::optional<Id>& id) {
    return id.has_value() && world_.entities[*id].key.rfind("name:", 0) != 0;
  };
  if (!has_key(into) || !has_key(merged) || into == merged ||
      world_.IsMergeAmbiguous(*into, *merged)) {
    return Import();
  }
  const std::string& key = world_.entities[*into].key;
  const std::string call =
      absl::StrCat("MATCH (a {key: '", key, "'}), (b {key: '", world_.entities[*merged].key,
                   "'}) CALL entente.merge(a, b) YIELD id ");
  if (random_.OneIn(4)) {
    return {Step::Kind::kStatement,
            absl::StrCat(call, "CALL entente.unmerge(id) YIELD node RETURN node.key")};
  }
  unmerged_.emplace(world_, key);
  world_.MergeEntities(*into, *merged);
  return {Step::Kind::kStatement, absl::StrCat(call, "SET a.merge = id")};
}

// The last merge, since which nothing has changed.
Step History::Unmerge() {
  const auto [world, key] = *unmerged_;
  Undo(world);
  return {Step::Kind::kStatement,
          absl::StrCat("MATCH (a {key: '", key, "'}) CALL entente.unmerge(a.merge) YIELD node ",
                       "RETURN node.key")};
}

// A child stands before its parents in the list, so that nothing comes to lie under itself.
Step History::ChangeTaxonomy() {
  const bool relation = !random_.OneIn(3);
  const std::vector<std::string>& names = relation ? Types() : Labels();
  Taxonomy& taxonomy = relation ? world_.types : world_.labels;
  const int child = random_.Below(static_cast<int>(names.size()) - 1);
  const int parent = child + 1 + random_.Below(static_cast<int>(names.size()) - child - 1);
  taxonomy.Put(names[child], names[parent]);
  const char* what = relation ? "RELATION TYPE" : "LABEL";
  return {Step::Kind::kStatement,
          absl::StrCat("CREATE ", what, " ", names[child], " UNDER ", names[parent])};
}

}  // namespace entente::reference
