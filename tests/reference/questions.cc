#include "tests/reference/questions.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/reference/written_lens.h"

namespace entente::reference {
namespace {

constexpr char kNull[] = "null";

std::string ShareText(int ten_thousandths) {
  char text[16];
  std::snprintf(text, sizeof(text), "%.4f", ten_thousandths / 10'000.0);
  return text;
}

std::string OrNull(const std::string& text) { return text.empty() ? kNull : text; }

std::string ListText(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return absl::StrCat("[", absl::StrJoin(list, ", "), "]");
}

// One hop of a pattern: what it is written as, and which facts fit.
struct Hop {
  std::string types;  // ":BACKS|ARMS" or ""
  std::vector<std::string> wanted;
  bool out = true;
  bool in = false;

  std::string Text(const std::string& inside) const {
    return absl::StrCat(out ? "" : "<", "-[", inside, "]-", in ? "" : ">");
  }
};

class Asker {
 public:
  Asker(Random& random, const World& world) : random_(random), world_(world) {}

  Question Ask() {
    switch (random_.Below(11)) {
      case 0:
      case 1:
        return AskForFacts();
      case 2:
        return AskForTrails();
      case 3:
        return AskForShortest();
      case 4:
        return AskForCounts();
      case 5:
        return AskSideBySide();
      case 6:
        return AskForArticles();
      case 7:
        return AskWho();
      case 8:
        return AskForEvidence();
      case 9:
        return AskBySource();
      default:
        return AskForChanges();
    }
  }

 private:
  // A hop along a fact: to which node, by which.
  struct Step {
    Id to;
    Id fact;
  };

  Question AskForFacts();
  Question AskForTrails();
  Question AskForShortest();
  Question AskForCounts();
  Question AskSideBySide();
  Question AskForArticles();
  Question AskWho();
  Question AskForEvidence();
  Question AskBySource();
  Question AskForChanges();

  Hop AnyHop();
  std::vector<std::string> AnyTypes() {
    std::vector<std::string> types = {random_.Of(Types())};
    if (random_.OneIn(2)) types.push_back(random_.Of(Types()));
    return types;
  }
  bool FitsTypes(const Fact& fact, const std::vector<std::string>& types) const;
  bool HasLabel(Id entity, const std::string& label) const;
  // The facts that are seen, with their numbers in the world.
  std::vector<Id> Seen(const View& view, const std::vector<std::string>& types) const;
  std::vector<Step> StepsFrom(Id node, const std::vector<Id>& seen, const Hop& hop) const;
  // Each walk without repeated facts of least … most hops.
  void EachTrail(Id from, const std::vector<Id>& seen, const Hop& hop, int least, int most,
                 const std::function<void(Id to, const std::vector<Id>& trail)>& visit) const;
  std::vector<Id> Live() const;
  std::string Number(Id fact) const { return absl::StrCat(world_.facts[fact].number); }
  std::string Trail(const std::vector<Id>& trail) const;
  const std::string& Key(Id entity) const { return world_.entities[entity].key; }
  std::string Name(Id entity) const {
    return entity == kNobody || world_.entities[entity].gone ? kNull : world_.entities[entity].name;
  }
  // Of an entity at an end of a fact, mostly.
  Id AnyEnd() {
    const std::vector<Id> live = Live();
    if (live.empty()) return kNobody;
    for (int tries = 0; tries < 8 && !world_.facts.empty(); ++tries) {
      const Fact& fact = random_.Of(world_.facts);
      if (!fact.gone) return random_.OneIn(2) ? fact.subject : fact.object;
    }
    return random_.Of(live);
  }
  std::string AnyKey() {
    const Id id = AnyEnd();
    return id == kNobody ? "nothing" : Key(id);
  }
  std::string NameOfSomebody() {
    const Id id = AnyEnd();
    if (id == kNobody || random_.OneIn(20)) return RandomName(random_, world_);
    return random_.OneIn(2) ? Key(id) : Name(id);
  }
  Row FactRow(const View& view, Id id) const;
  Row EvidenceRow(const Evidence& piece) const;
  // Fails where a lens names nobody.
  Question Placed(const PlacedLens& placed, const std::string& pattern,
                  const std::string& rest) const {
    Question question;
    question.session_lens = placed.session;
    question.statement = absl::StrCat(placed.before, pattern, placed.behind, rest);
    for (const Lens& lens : placed.written) {
      question.fails = question.fails || !View::NamesAreKnown(world_, lens);
    }
    return question;
  }

  Random& random_;
  const World& world_;
};

Hop Asker::AnyHop() {
  Hop hop;
  if (!random_.OneIn(3)) {
    hop.wanted = AnyTypes();
    hop.types = absl::StrCat(":", absl::StrJoin(hop.wanted, "|"));
  }
  const int direction = random_.Below(4);
  hop.out = direction != 1;
  hop.in = direction == 1 || direction == 2;
  return hop;
}

bool Asker::FitsTypes(const Fact& fact, const std::vector<std::string>& types) const {
  return types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& type) {
           return world_.types.IsUnder(fact.type, type);
         });
}

bool Asker::HasLabel(Id entity, const std::string& label) const {
  const std::set<std::string>& labels = world_.entities[entity].labels;
  return std::any_of(labels.begin(), labels.end(),
                     [&](const std::string& own) { return world_.labels.IsUnder(own, label); });
}

std::vector<Id> Asker::Live() const {
  std::vector<Id> live;
  for (Id id = 0; id < static_cast<Id>(world_.entities.size()); ++id) {
    if (!world_.entities[id].gone) live.push_back(id);
  }
  return live;
}

std::vector<Id> Asker::Seen(const View& view, const std::vector<std::string>& types) const {
  std::vector<Id> seen;
  for (Id id = 0; id < static_cast<Id>(world_.facts.size()); ++id) {
    const Fact& fact = world_.facts[id];
    if (!fact.gone && FitsTypes(fact, types) && view.Of(fact).visible) seen.push_back(id);
  }
  return seen;
}

std::vector<Asker::Step> Asker::StepsFrom(Id node, const std::vector<Id>& seen,
                                          const Hop& hop) const {
  std::vector<Step> steps;
  for (const Id id : seen) {
    const Fact& fact = world_.facts[id];
    const bool out = hop.out && fact.subject == node;
    const bool in = hop.in && fact.object == node;
    if (out) steps.push_back({fact.object, id});
    if (in && !(out && fact.subject == fact.object)) steps.push_back({fact.subject, id});
  }
  return steps;
}

void Asker::EachTrail(Id from, const std::vector<Id>& seen, const Hop& hop, int least, int most,
                      const std::function<void(Id to, const std::vector<Id>& trail)>& visit) const {
  std::vector<Id> trail;
  const std::function<void(Id)> walk = [&](Id at) {
    const int length = static_cast<int>(trail.size());
    if (length >= least) visit(at, trail);
    if (length == most) return;
    for (const Step& step : StepsFrom(at, seen, hop)) {
      if (std::find(trail.begin(), trail.end(), step.fact) != trail.end()) continue;
      trail.push_back(step.fact);
      walk(step.to);
      trail.pop_back();
    }
  };
  walk(from);
}

std::string Asker::Trail(const std::vector<Id>& trail) const {
  return absl::StrCat(
      "[",
      absl::StrJoin(trail, ", ",
                    [&](std::string* out, Id fact) { absl::StrAppend(out, Number(fact)); }),
      "]");
}

Row Asker::EvidenceRow(const Evidence& piece) const {
  const Article& article = world_.articles[piece.article];
  Row row = {piece.stance,
             Name(piece.asserter),
             Name(article.publisher),
             article.published.has_value() ? MomentText(*article.published) : kNull,
             article.key,
             ShareText(piece.confidence * 100)};
  row.push_back(piece.sentence.has_value() ? absl::StrCat(*piece.sentence) : kNull);
  row.push_back(piece.span.has_value()
                    ? absl::StrCat("[", piece.span->first, ", ", piece.span->second, "]")
                    : kNull);
  row.push_back(OrNull(piece.quote));
  return row;
}

constexpr char kFactColumns[] =
    " RETURN r.n, startNode(r).key, type(r), endNode(r).key, since(r), until(r), "
    "precision(r, 'valid_from'), precision(r, 'valid_to'), confidence(r), support(r), denial(r), "
    "contested(r), sources(r), first_reported(r), last_reported(r), [e IN evidence(r) | [e.stance, "
    "e.asserted_by.name, e.publisher.name, e.published, e.article.key, e.confidence, e.sentence, "
    "e.span, e.quote]] AS unordered";

Row Asker::FactRow(const View& view, Id id) const {
  const Fact& fact = world_.facts[id];
  const Corroboration all = view.Of(fact);
  const auto share = [&](int value) { return all.has_evidence ? ShareText(value) : kNull; };
  const auto moment = [](const std::optional<Moment>& value) {
    return value.has_value() ? MomentText(*value) : kNull;
  };
  std::vector<std::string> evidence;
  for (const Evidence& piece : view.Passing(fact)) {
    evidence.push_back(absl::StrCat("[", absl::StrJoin(EvidenceRow(piece), ", "), "]"));
  }
  return {Number(id),
          Key(fact.subject),
          fact.type,
          Key(fact.object),
          OrNull(fact.from.written),
          OrNull(fact.to.written),
          fact.from.Precision(),
          fact.to.Precision(),
          share(all.confidence),
          share(all.support),
          share(all.denial),
          all.has_evidence ? (all.contested ? "true" : "false") : kNull,
          ListText(all.sources),
          moment(all.first_reported),
          moment(all.last_reported),
          ListText(evidence)};
}

Question Asker::AskForFacts() {
  const PlacedLens placed = RandomPlaces(random_, world_);
  const Hop hop = AnyHop();
  const std::string key = random_.OneIn(2) ? AnyKey() : "";
  const std::string label = random_.OneIn(4) ? random_.Of(Labels()) : "";
  const std::string pattern = absl::StrCat(
      "MATCH (a", key.empty() ? "" : absl::StrCat(" {key: '", key, "'}"), ")",
      hop.Text(absl::StrCat("r", hop.types)), "(b", label.empty() ? "" : ":", label, ")");
  Question question = Placed(placed, pattern, kFactColumns);
  if (question.fails) return question;
  const View view(world_, placed.lens);
  const std::vector<Id> seen = Seen(view, hop.wanted);
  for (const Id node : Live()) {
    if (!key.empty() && Key(node) != key) continue;
    for (const Step& step : StepsFrom(node, seen, hop)) {
      if (label.empty() || HasLabel(step.to, label)) {
        question.rows.push_back(FactRow(view, step.fact));
      }
    }
  }
  return question;
}

Question Asker::AskForTrails() {
  const PlacedLens placed = RandomPlaces(random_, world_);
  const Hop hop = AnyHop();
  const int least = random_.Below(3);
  const int most = least + random_.Below(3);
  const std::string key = AnyKey();
  const std::string pattern =
      absl::StrCat("MATCH (a {key: '", key, "'})",
                   hop.Text(absl::StrCat("rs", hop.types, "*", least, "..", most)), "(b)");
  const int kind = random_.Below(4);
  const char* const kReturns[] = {" RETURN [r IN rs | r.n], b.key", " RETURN DISTINCT b.key",
                                  " RETURN count(DISTINCT b)", " RETURN count(*)"};
  Question question = Placed(placed, pattern, kReturns[kind]);
  if (question.fails) return question;
  const std::vector<Id> seen = Seen(View(world_, placed.lens), hop.wanted);
  std::set<Id> ends;
  int trails = 0;
  for (const Id node : Live()) {
    if (Key(node) != key) continue;
    EachTrail(node, seen, hop, least, most, [&](Id to, const std::vector<Id>& trail) {
      ++trails;
      ends.insert(to);
      if (kind == 0) question.rows.push_back({Trail(trail), Key(to)});
    });
  }
  if (kind == 1) {
    for (const Id end : ends) question.rows.push_back({Key(end)});
  }
  if (kind == 2) question.rows.push_back({absl::StrCat(ends.size())});
  if (kind == 3) question.rows.push_back({absl::StrCat(trails)});
  return question;
}

Question Asker::AskForShortest() {
  const PlacedLens placed = RandomPlaces(random_, world_);
  const Hop hop = AnyHop();
  const std::string from = AnyKey();
  std::string to = AnyKey();
  if (from == to) to = "nothing";
  const bool all = random_.OneIn(2);
  const std::string pattern =
      absl::StrCat("MATCH (a {key: '", from, "'}), (b {key: '", to,
                   "'}) MATCH p = ", all ? "allShortestPaths" : "shortestPath", "((a)",
                   hop.Text(absl::StrCat(hop.types, "*..4")), "(b))");
  Question question =
      Placed(placed, pattern, all ? " RETURN [r IN relationships(p) | r.n]" : " RETURN length(p)");
  if (question.fails) return question;
  const std::vector<Id> seen = Seen(View(world_, placed.lens), hop.wanted);
  std::vector<std::vector<Id>> shortest;
  for (const Id node : Live()) {
    if (Key(node) != from) continue;
    EachTrail(node, seen, hop, 1, 4, [&](Id end, const std::vector<Id>& trail) {
      if (Key(end) != to) return;
      if (!shortest.empty() && trail.size() < shortest[0].size()) shortest.clear();
      if (shortest.empty() || trail.size() == shortest[0].size()) shortest.push_back(trail);
    });
  }
  for (const std::vector<Id>& trail : shortest) {
    question.rows.push_back({all ? Trail(trail) : absl::StrCat(trail.size())});
    if (!all) break;
  }
  return question;
}

// Counts that need not look at every fact, and patterns within expressions.
Question Asker::AskForCounts() {
  const int kind = random_.Below(4);
  const PlacedLens placed = RandomPlaces(random_, world_, /*may_stand_behind=*/kind < 2);
  const Hop first = AnyHop();
  const Hop second = AnyHop();
  Question question;
  switch (kind) {
    case 0:
      question = Placed(placed, absl::StrCat("MATCH ()", first.Text(first.types), "()"),
                        " RETURN count(*)");
      break;
    case 1:
      question = Placed(
          placed,
          absl::StrCat("MATCH ()", first.Text(first.types), "()", second.Text(second.types), "()"),
          " RETURN count(*)");
      break;
    case 2:
      question = Placed(placed, absl::StrCat("MATCH (a) WHERE (a)", first.Text(first.types), "()"),
                        " RETURN a.key");
      break;
    default:
      question = Placed(placed, absl::StrCat("MATCH (a) WHERE NOT a:Article"),
                        absl::StrCat(" RETURN a.key, size([(a)", first.Text(first.types),
                                     "() | 1]), count { (a)", second.Text(second.types), "() }"));
  }
  if (question.fails) return question;
  const View view(world_, placed.lens);
  const std::vector<Id> seen = Seen(view, first.wanted);
  const std::vector<Id> then = Seen(view, second.wanted);
  int count = 0;
  for (const Id node : Live()) {
    const std::vector<Step> steps = StepsFrom(node, seen, first);
    for (const Step& step : steps) {
      if (kind == 0) ++count;
      for (const Step& next : StepsFrom(step.to, then, second)) {
        if (kind == 1 && next.fact != step.fact) ++count;
      }
    }
    if (kind == 2 && !steps.empty()) question.rows.push_back({Key(node)});
    if (kind == 3) {
      question.rows.push_back({Key(node), absl::StrCat(steps.size()),
                               absl::StrCat(StepsFrom(node, then, second).size())});
    }
  }
  if (kind < 2) question.rows.push_back({absl::StrCat(count)});
  return question;
}

// Each relationship carries its own lens.
Question Asker::AskSideBySide() {
  const PlacedLens placed = RandomPlaces(random_, world_);
  const Hop hop = AnyHop();
  const Hop other = AnyHop();
  const WrittenLens beside = RandomLens(random_, world_);
  const Lens beside_lens = beside.lens.Within(placed.outer);
  const std::string key = AnyKey();
  Question question = Placed(
      placed,
      absl::StrCat("MATCH (a {key: '", key, "'})", hop.Text(absl::StrCat("r", hop.types)), "()"),
      absl::StrCat(" OPTIONAL MATCH (a)", other.Text(absl::StrCat("q", other.types)), "() ",
                   beside.text, "RETURN r.n, confidence(r), q.n, confidence(q), sources(q)"));
  question.fails = question.fails || !View::NamesAreKnown(world_, beside.lens);
  if (question.fails) return question;
  const View view(world_, placed.lens);
  const View beside_view(world_, beside_lens);
  const auto confidence = [&](const View& through, Id fact) {
    const Corroboration all = through.Of(world_.facts[fact]);
    return all.has_evidence ? ShareText(all.confidence) : kNull;
  };
  for (const Id node : Live()) {
    if (Key(node) != key) continue;
    const std::vector<Step> others = StepsFrom(node, Seen(beside_view, other.wanted), other);
    for (const Step& step : StepsFrom(node, Seen(view, hop.wanted), hop)) {
      const Row row = {Number(step.fact), confidence(view, step.fact)};
      for (const Step& next : others) {
        Row both = row;
        const Fact& fact = world_.facts[next.fact];
        both.insert(both.end(), {Number(next.fact), confidence(beside_view, next.fact),
                                 ListText(beside_view.Of(fact).sources)});
        question.rows.push_back(both);
      }
      if (others.empty()) question.rows.push_back({row[0], row[1], kNull, kNull, kNull});
    }
  }
  return question;
}

// A lens for each row, which the relationships carry on.
Question Asker::AskBySource() {
  const PlacedLens placed = RandomPlaces(random_, world_, /*may_stand_behind=*/false);
  const Hop hop = AnyHop();
  const std::vector<std::string> names = {RandomName(random_, world_), RandomName(random_, world_)};
  const int kind = random_.Below(3);
  const char* const kClauses[] = {"ACCORDING TO", "EXCEPT", "DENIED BY"};
  Question question =
      Placed(placed,
             absl::StrCat("UNWIND ['", names[0], "', '", names[1], "'] AS who MATCH (a)",
                          hop.Text(absl::StrCat("r", hop.types)), "(b) ", kClauses[kind], " who"),
             absl::StrCat(random_.OneIn(2) ? " WITH who, collect(r) AS list UNWIND list AS r" : "",
                          " RETURN who, r.n, confidence(r), sources(r), reported_by(r, who)"));
  for (const std::string& name : names) {
    question.fails = question.fails || !world_.Named(name).has_value();
  }
  if (question.fails) return question;
  for (const std::string& name : names) {
    Lens lens = placed.lens;
    (kind == 0 ? lens.according_to : kind == 1 ? lens.except : lens.denied_by) = {name};
    const View view(world_, lens);
    const std::vector<Id> seen = Seen(view, hop.wanted);
    for (const Id node : Live()) {
      for (const Step& step : StepsFrom(node, seen, hop)) {
        const Fact& fact = world_.facts[step.fact];
        const Corroboration all = view.Of(fact);
        const std::vector<Evidence> passing = view.Passing(fact);
        const bool reported =
            std::any_of(passing.begin(), passing.end(), [&](const Evidence& piece) {
              return piece.stance != "denies" && view.IsOf(piece, {name});
            });
        question.rows.push_back({name, Number(step.fact),
                                 all.has_evidence ? ShareText(all.confidence) : kNull,
                                 ListText(all.sources), reported ? "true" : "false"});
      }
    }
  }
  return question;
}

Question Asker::AskForArticles() {
  const PlacedLens placed = RandomPlaces(random_, world_, /*may_stand_behind=*/false);
  Question question = Placed(
      placed, "MATCH (x:Article)",
      " RETURN x.key, publisher(x).name, x.published IS NULL, [r IN facts(x) | r.n] AS unordered");
  if (question.fails) return question;
  Lens lens = placed.lens;
  if (!lens.including.has_value()) lens.including = "DENIED";
  const View view(world_, lens);
  for (size_t id = 0; id < world_.articles.size(); ++id) {
    const Article& article = world_.articles[id];
    if (article.gone) continue;
    std::vector<std::string> facts;
    for (const Id fact : Seen(view, {})) {
      const std::vector<Evidence> passing = view.Passing(world_.facts[fact]);
      const bool says = std::any_of(passing.begin(), passing.end(), [&](const Evidence& piece) {
        return piece.article == static_cast<Id>(id);
      });
      if (says) facts.push_back(Number(fact));
    }
    question.rows.push_back({article.key, Name(article.publisher),
                             article.published.has_value() ? "false" : "true", ListText(facts)});
  }
  return question;
}

// From large to small, null last.
bool Descends(const std::string& a, const std::string& b) {
  if ((a == kNull) != (b == kNull)) return b == kNull;
  return a > b;
}

Question Asker::AskWho() {
  const WrittenLens modifiers = RandomModifiers(random_, world_);
  const std::vector<std::string> types = AnyTypes();
  const std::string relation = absl::StrJoin(types, "|");
  const std::string name = NameOfSomebody();
  const int kind = random_.Below(3);
  Question question;
  question.statement = kind == 0   ? absl::StrCat("WHO ", relation, " WHOM ")
                       : kind == 1 ? absl::StrCat("WHO ", relation, " '", name, "' ")
                                   : absl::StrCat("'", name, "' ", relation, " WHOM ");
  absl::StrAppend(&question.statement, modifiers.text);
  const std::string among = random_.OneIn(4) ? random_.Of(Labels()) : "";
  if (!among.empty()) absl::StrAppend(&question.statement, "AMONG ", among, " ");
  const int limit = random_.OneIn(4) ? 1 + random_.Below(3) : -1;
  if (limit >= 0) absl::StrAppend(&question.statement, "LIMIT ", limit);
  absl::StrAppend(&question.statement, "?");
  question.fails = !View::NamesAreKnown(world_, modifiers.lens) ||
                   (kind != 0 && !world_.Named(name).has_value());
  if (question.fails) return question;
  const View view(world_, modifiers.lens);
  for (const Id id : Seen(view, types)) {
    const Fact& fact = world_.facts[id];
    if (kind == 1 && fact.object != *world_.Named(name)) continue;
    if (kind == 2 && fact.subject != *world_.Named(name)) continue;
    if (!among.empty() && kind != 2 && !HasLabel(fact.subject, among)) continue;
    if (!among.empty() && kind != 1 && !HasLabel(fact.object, among)) continue;
    const Row all = FactRow(view, id);
    question.rows.push_back({Name(fact.subject), fact.type, Name(fact.object), all[4], all[5],
                             all[8], all[12], all[11], all[14]});
  }
  question.order = {5, 8, 0, 1, 2};
  std::sort(question.rows.begin(), question.rows.end(), [](const Row& a, const Row& b) {
    for (const int column : {5, 8}) {
      if (a[column] != b[column]) return Descends(a[column], b[column]);
    }
    return a < b;
  });
  if (limit >= 0 && limit < static_cast<int>(question.rows.size())) {
    question.rows.resize(limit);
    question.limited = true;
  }
  return question;
}

// WHY, and WHO DISPUTES.
Question Asker::AskForEvidence() {
  const WrittenLens modifiers = RandomModifiers(random_, world_);
  std::vector<std::string> types = AnyTypes();
  std::string subject = NameOfSomebody();
  std::string object = NameOfSomebody();
  const Fact about = world_.facts.empty() ? Fact() : random_.Of(world_.facts);
  if (about.number != 0 && !about.gone && !random_.OneIn(4)) {
    types.push_back(about.type);
    subject = Key(about.subject);
    object = Key(about.object);
  }
  const bool disputes = random_.OneIn(3);
  Question question;
  question.statement =
      absl::StrCat(disputes ? "WHO DISPUTES '" : "WHY '", subject, "' ", absl::StrJoin(types, "|"),
                   " '", object, "' ", modifiers.text, "?");
  question.fails = !View::NamesAreKnown(world_, modifiers.lens) ||
                   !world_.Named(subject).has_value() || !world_.Named(object).has_value();
  if (question.fails) return question;
  Lens lens = modifiers.lens;
  lens.including = "DENIED";
  const View view(world_, lens);
  for (const Id id : Seen(view, types)) {
    const Fact& fact = world_.facts[id];
    if (fact.subject != *world_.Named(subject) || fact.object != *world_.Named(object)) continue;
    for (const Evidence& piece : view.Passing(fact)) {
      Row row = EvidenceRow(piece);
      if (disputes && piece.stance != "denies") continue;
      if (disputes) row[0] = row[1] != kNull ? row[1] : row[2];
      row.push_back(kNull);  // the article's address
      question.rows.push_back(row);
    }
  }
  question.order = {5, 3};
  std::sort(question.rows.begin(), question.rows.end(), [](const Row& a, const Row& b) {
    return a[5] != b[5] ? Descends(a[5], b[5]) : Descends(a[3], b[3]);
  });
  return question;
}

Question Asker::AskForChanges() {
  const WrittenLens modifiers = RandomModifiers(random_, world_);
  const bool between = random_.OneIn(2);
  const std::string from = RandomTime(random_);
  const std::string to = RandomTime(random_);
  const auto written = [](const std::string& time) {
    return time.size() > 10 ? absl::StrCat("'", time, "'") : time;
  };
  Question question;
  // SINCE and UNTIL have another meaning here.
  if (modifiers.text.rfind("SINCE", 0) == 0 || modifiers.text.rfind("UNTIL", 0) == 0) return Ask();
  question.statement =
      between ? absl::StrCat("WHAT CHANGED BETWEEN ", written(from), " AND ", written(to), " ")
              : absl::StrCat("WHAT CHANGED SINCE ", written(from), " ");
  const std::string name = random_.OneIn(2) ? NameOfSomebody() : "";
  if (!name.empty()) absl::StrAppend(&question.statement, "FOR '", name, "' ");
  std::vector<std::string> types;
  if (random_.OneIn(2)) {
    types = AnyTypes();
    absl::StrAppend(&question.statement, "ABOUT ", absl::StrJoin(types, "|"), " ");
  }
  absl::StrAppend(&question.statement, modifiers.text, "?");
  question.fails = !View::NamesAreKnown(world_, modifiers.lens) ||
                   (!name.empty() && !world_.Named(name).has_value());
  if (question.fails) return question;
  Lens lens = modifiers.lens;
  lens.including = "ALL";
  const View view(world_, lens);
  std::vector<std::pair<Moment, Row>> rows;
  for (const Id id : Seen(view, types)) {
    const Fact& fact = world_.facts[id];
    if (!name.empty()) {
      const Id who = *world_.Named(name);
      if (fact.subject != who && fact.object != who) continue;
    }
    const Row all = FactRow(view, id);
    for (const Change& change :
         view.Changes(fact, MomentOf(from), between ? MomentOf(to) : kForEver)) {
      rows.push_back({change.at,
                      {change.date, change.kind, Name(fact.subject), fact.type, Name(fact.object),
                       all[8], all[12]}});
    }
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    const auto order = [](const auto& row) {
      return std::tie(row.first, row.second[2], row.second[3], row.second[4], row.second[1]);
    };
    return order(a) < order(b);
  });
  for (auto& [at, row] : rows) question.rows.push_back(std::move(row));
  question.order = {2, 3, 4, 1};
  return question;
}

}  // namespace

Question RandomQuestion(Random& random, const World& world) { return Asker(random, world).Ask(); }

}  // namespace entente::reference
