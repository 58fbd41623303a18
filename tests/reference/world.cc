#include "tests/reference/world.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>

namespace entente::reference {
namespace {

constexpr Moment kMicrosPerMinute = 60'000'000;
constexpr Moment kMicrosPerDay = 24 * 60 * kMicrosPerMinute;

int DaysIn(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Counted, not calculated: the histories play within some years of 1970's half century.
Moment FirstMomentOf(int year, int month, int day) {
  Moment days = day - 1;
  for (int y = 1970; y < year; ++y) {
    for (int m = 1; m <= 12; ++m) days += DaysIn(y, m);
  }
  for (int m = 1; m < month; ++m) days += DaysIn(year, m);
  return days * kMicrosPerDay;
}

int NumberAt(const std::string& text, size_t at, size_t size) {
  return at + size <= text.size() ? std::atoi(text.substr(at, size).c_str()) : 0;
}

constexpr size_t kYear = 4;
constexpr size_t kMonth = 7;
constexpr size_t kDay = 10;

bool WasKey(const Entity& entity, const std::string& key) {
  const std::vector<std::string>& former = entity.former_keys;
  return std::find(former.begin(), former.end(), key) != former.end();
}

bool IsStub(const Entity& entity) { return entity.key.rfind("name:", 0) == 0; }

bool Bears(const std::vector<std::string>& names, const std::string& normalised) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return Normalised(name) == normalised; });
}

// Imports reject what ends as it begins, or before.
bool Begins(const ValidEnd& from, const ValidEnd& to) {
  return from.written.empty() || to.written.empty() ||
         MomentOf(from.written) < MomentOf(to.written);
}

// What all lines together say of each article: the last that says a thing is right.
std::vector<ArticleRecord> United(const std::vector<ClaimsLine>& lines) {
  std::vector<ArticleRecord> united;
  for (const ClaimsLine& line : lines) {
    if (!line.article.has_value()) continue;
    const ArticleRecord& given = *line.article;
    const auto known = std::find_if(united.begin(), united.end(), [&](const ArticleRecord& record) {
      return record.key == given.key;
    });
    if (known == united.end()) {
      united.push_back(given);
      continue;
    }
    if (!given.publisher.empty()) known->publisher = given.publisher;
    if (!given.published.empty()) known->published = given.published;
    if (!given.copy_of.empty()) known->copy_of = given.copy_of;
  }
  return united;
}

bool SamePiece(const Evidence& a, const Evidence& b) {
  return a.article == b.article && a.sentence == b.sentence && a.span == b.span &&
         a.stance == b.stance && a.asserter == b.asserter;
}

}  // namespace

Moment MomentOf(const std::string& written) {
  const int month = written.size() >= kMonth ? NumberAt(written, 5, 2) : 1;
  const int day = written.size() >= kDay ? NumberAt(written, 8, 2) : 1;
  return FirstMomentOf(NumberAt(written, 0, 4), month, day) +
         (NumberAt(written, 11, 2) * 60 + NumberAt(written, 14, 2)) * kMicrosPerMinute;
}

std::string MomentText(Moment moment) {
  Moment days = moment / kMicrosPerDay;
  int year = 1970;
  int month = 1;
  while (days >= DaysIn(year, month)) {
    days -= DaysIn(year, month);
    if (++month > 12) month = 1, ++year;
  }
  const int minutes = static_cast<int>(moment % kMicrosPerDay / kMicrosPerMinute);
  char text[40];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02dZ", year, month,
                static_cast<int>(days) + 1, minutes / 60, minutes % 60);
  return text;
}

std::string Normalised(const std::string& name) {
  std::string lower = name;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string ValidEnd::Precision() const {
  switch (written.size()) {
    case 0:
      return "null";
    case kYear:
      return "year";
    case kMonth:
      return "month";
    case kDay:
      return "day";
    default:
      return "instant";
  }
}

bool Taxonomy::IsUnder(const std::string& name, const std::string& ancestor) const {
  if (name == ancestor) return true;
  const auto parents = parents_.find(name);
  if (parents == parents_.end()) return false;
  return std::any_of(parents->second.begin(), parents->second.end(),
                     [&](const std::string& parent) { return IsUnder(parent, ancestor); });
}

std::optional<Id> World::Named(const std::string& text) const {
  const std::string normalised = Normalised(text);
  for (const int rank : {0, 1, 2}) {
    std::vector<Id> found;
    for (Id id = 0; id < static_cast<Id>(entities.size()); ++id) {
      const Entity& entity = entities[id];
      if (entity.gone) continue;
      const bool means = rank == 0   ? entity.key == text || WasKey(entity, text)
                         : rank == 1 ? Normalised(entity.name) == normalised
                                     : Bears(entity.aliases, normalised);
      if (means) found.push_back(id);
    }
    if (found.size() == 1) return found[0];
    if (!found.empty()) return std::nullopt;
  }
  return std::nullopt;
}

Id World::NeedNamed(const std::string& text) {
  const std::optional<Id> known = Named(text);
  return known.has_value() ? *known : AddEntity({"name:" + Normalised(text), text, {}, {}});
}

Id World::ArticleWithKey(const std::string& key) const {
  for (Id id = 0; id < static_cast<Id>(articles.size()); ++id) {
    if (!articles[id].gone && articles[id].key == key) return id;
  }
  return kNobody;
}

Id World::AddEntity(const EntityRecord& record) {
  const auto known = std::find_if(entities.begin(), entities.end(), [&](const Entity& entity) {
    return !entity.gone && (entity.key == record.key || WasKey(entity, record.key));
  });
  const Id id = static_cast<Id>(known - entities.begin());
  if (known == entities.end()) entities.push_back({record.key, "", {}, {}, {}, false});
  Entity& entity = entities[id];
  if (entity.key != record.key) {
    entity.aliases.push_back(record.name);
  } else if (!record.name.empty()) {
    entity.name = record.name;
  }
  entity.aliases.insert(entity.aliases.end(), record.aliases.begin(), record.aliases.end());
  entity.labels.insert(record.labels.begin(), record.labels.end());
  return id;
}

bool World::ClosesCycle(const std::string& key, const std::string& copy_of) const {
  for (std::string at = copy_of; !at.empty();) {
    if (at == key) return true;
    const Id original = ArticleWithKey(at);
    at = original == kNobody ? "" : articles[original].copy_of;
  }
  return false;
}

void World::SetPublisher(Id article, const std::string& name) {
  const Id publisher = NeedNamed(name);
  articles[article].publisher = publisher;
  entities[publisher].labels.insert("Publisher");
}

bool World::PutArticle(const ArticleRecord& record) {
  if (ClosesCycle(record.key, record.copy_of)) return false;
  Id id = ArticleWithKey(record.key);
  if (id == kNobody) {
    id = static_cast<Id>(articles.size());
    articles.push_back({record.key, kNobody, std::nullopt, "", false});
  }
  if (!record.publisher.empty()) SetPublisher(id, record.publisher);
  if (!record.published.empty()) articles[id].published = MomentOf(record.published);
  if (!record.copy_of.empty()) articles[id].copy_of = record.copy_of;
  return true;
}

bool AddPiece(const Evidence& piece, std::vector<Evidence>* evidence) {
  for (Evidence& known : *evidence) {
    if (!SamePiece(known, piece)) continue;
    if (!known.retracted.has_value()) known.retracted = piece.retracted;
    return false;
  }
  evidence->push_back(piece);
  return true;
}

bool World::Cite(Id fact, Evidence piece) {
  facts[fact].had_evidence = true;
  return AddPiece(piece, &facts[fact].evidence);
}

Fact* World::FindIdentity(const Fact& wanted) {
  for (Fact& fact : facts) {
    if (!fact.gone && fact.identity.has_value() && fact.subject == wanted.subject &&
        fact.type == wanted.type && fact.object == wanted.object &&
        fact.identity == wanted.identity && &fact != &wanted) {
      return &fact;
    }
  }
  return nullptr;
}

int World::Import(const std::vector<ClaimsLine>& lines) {
  int rejected = 0;
  std::set<Id> touched;
  for (const ClaimsLine& line : lines) {
    for (const EntityRecord& record : line.entities) touched.insert(AddEntity(record));
  }
  TakeOverStubs(touched);
  for (const ArticleRecord& record : United(lines)) rejected += PutArticle(record) ? 0 : 1;
  for (const ClaimsLine& line : lines) {
    for (const ClaimRecord& claim : line.claims) {
      Evidence piece = claim.evidence;
      piece.article = ArticleWithKey(line.article->key);
      if (piece.article == kNobody || !Begins(claim.from, claim.to)) {
        ++rejected;
        continue;
      }
      Fact fact;
      fact.number = claim.number;
      fact.subject = NeedNamed(claim.subject);
      fact.type = claim.type;
      fact.object = NeedNamed(claim.object);
      fact.from = claim.from;
      fact.to = claim.to;
      fact.identity = {claim.from, claim.to};
      if (!claim.asserter.empty()) piece.asserter = NeedNamed(claim.asserter);
      Fact* known = FindIdentity(fact);
      if (known == nullptr) known = &facts.emplace_back(fact);
      Cite(static_cast<Id>(known - facts.data()), piece);
    }
  }
  return rejected;
}

// The keyed entity that alone is called so, or, if none is, that alone has such an alias.
Id World::KeyedBearer(const std::string& name) const {
  for (const bool canonical : {true, false}) {
    std::vector<Id> bearers;
    for (Id id = 0; id < static_cast<Id>(entities.size()); ++id) {
      const Entity& entity = entities[id];
      const bool keyed = !entity.gone && !IsStub(entity) && entity.key != "";
      const bool bears = canonical ? Normalised(entity.name) == name : Bears(entity.aliases, name);
      if (keyed && bears) bearers.push_back(id);
    }
    if (!bearers.empty()) return bearers.size() == 1 ? bearers[0] : kNobody;
  }
  return kNobody;
}

// In the order of the names, since of facts that become one the first that moves stays.
void World::TakeOverStubs(const std::set<Id>& touched) {
  for (const Id entity : touched) {
    std::vector<std::string> names = {entities[entity].name};
    names.insert(names.end(), entities[entity].aliases.begin(), entities[entity].aliases.end());
    for (const std::string& written : names) {
      const std::string name = Normalised(written);
      if (KeyedBearer(name) != entity) continue;
      for (Id stub = 0; stub < static_cast<Id>(entities.size()); ++stub) {
        const bool meant = !entities[stub].gone && IsStub(entities[stub]) &&
                           Normalised(entities[stub].name) == name;
        if (meant) Rename(stub, entity);
      }
    }
  }
}

void World::Rename(Id merged, Id into) {
  const auto rename = [&](Id* id) {
    if (*id == merged) *id = into;
  };
  for (Fact& fact : facts) {
    if (fact.gone) continue;
    const bool moves = fact.subject == merged || fact.object == merged;
    rename(&fact.subject);
    rename(&fact.object);
    if (!moves) continue;
    Fact* twin = fact.identity.has_value() ? FindIdentity(fact) : nullptr;
    if (twin == nullptr) continue;
    for (const Evidence& piece : fact.evidence) AddPiece(piece, &twin->evidence);
    twin->had_evidence = twin->had_evidence || fact.had_evidence;
    fact.gone = true;
  }
  for (Fact& fact : facts) {
    std::vector<Evidence> renamed;
    for (Evidence& piece : fact.evidence) {
      rename(&piece.asserter);
      AddPiece(piece, &renamed);
    }
    fact.evidence = renamed;
  }
  for (Article& article : articles) rename(&article.publisher);
  entities[into].labels.insert(entities[merged].labels.begin(), entities[merged].labels.end());
  entities[merged].gone = true;
}

void World::MergeEntities(Id into, Id merged) {
  Rename(merged, into);
  Entity& entity = entities[into];
  const Entity& other = entities[merged];
  entity.aliases.push_back(other.name);
  entity.aliases.insert(entity.aliases.end(), other.aliases.begin(), other.aliases.end());
  entity.former_keys.push_back(other.key);
  entity.former_keys.insert(entity.former_keys.end(), other.former_keys.begin(),
                            other.former_keys.end());
}

bool World::IsMergeAmbiguous(Id into, Id merged) const {
  const auto renamed = [&](Id id) { return id == merged ? into : id; };
  const auto moves = [&](const Fact& fact) {
    return !fact.gone && fact.identity.has_value() &&
           (fact.subject == merged || fact.object == merged);
  };
  for (const Fact& a : facts) {
    for (const Fact& b : facts) {
      const bool become_one =
          &a != &b && moves(a) && moves(b) && a.type == b.type && a.identity == b.identity &&
          renamed(a.subject) == renamed(b.subject) && renamed(a.object) == renamed(b.object);
      if (become_one) return true;
    }
  }
  return false;
}

void World::DeleteEntity(Id entity) {
  entities[entity].gone = true;
  for (Fact& fact : facts) {
    if (fact.subject == entity || fact.object == entity) fact.gone = true;
  }
  for (Article& article : articles) {
    if (article.publisher == entity) article.publisher = kNobody;
  }
}

void World::DeleteArticle(Id article) {
  articles[article].gone = true;
  for (Fact& fact : facts) {
    fact.evidence.erase(
        std::remove_if(fact.evidence.begin(), fact.evidence.end(),
                       [&](const Evidence& piece) { return piece.article == article; }),
        fact.evidence.end());
  }
}

std::pair<bool, Id> World::SourceOf(Id article) const {
  Id root = article;
  while (!articles[root].copy_of.empty()) {
    const Id original = ArticleWithKey(articles[root].copy_of);
    if (original == kNobody) break;
    root = original;
  }
  const Id publisher = articles[root].publisher;
  return publisher == kNobody ? std::pair(false, root) : std::pair(true, publisher);
}

std::string World::SourceName(const std::pair<bool, Id>& source) const {
  return source.first ? entities[source.second].name : articles[source.second].key;
}

}  // namespace entente::reference
