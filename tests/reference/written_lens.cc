#include "tests/reference/written_lens.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace entente::reference {
namespace {

std::string Written(const std::string& time, bool bare) {
  if (bare) return time.size() > 10 ? absl::StrCat("'", time, "'") : time;
  return absl::StrCat(time.size() > 10 ? "datetime('" : "date('", time, "')");
}

// A text with blanks around it, and the range that it means.
struct WrittenRange {
  std::string text;
  std::optional<Range> range;
};

WrittenRange RandomRange(Random& random, bool known, bool bare) {
  const std::string a = RandomTime(random);
  const std::string b = RandomTime(random);
  switch (random.Below(known ? 6 : 5)) {
    case 0:
      return {absl::StrCat(" FROM ", Written(a, bare), " TO ", Written(b, bare), " "),
              Range{MomentOf(a), MomentOf(b)}};
    case 1:
      return {absl::StrCat(" BETWEEN ", Written(a, bare), " AND ", Written(b, bare), " "),
              Range{MomentOf(a), MomentOf(b) + 1}};
    case 2:
      if (!bare) return {" ALL ", std::nullopt};
      [[fallthrough]];
    default:
      return {absl::StrCat(" AS OF ", Written(a, bare), " "),
              Range{known ? kAlwaysWas : MomentOf(a), MomentOf(a) + 1}};
  }
}

// 'Alpha', or ['Alpha', 'k:1'], or entity('Alpha').
std::string RandomSources(Random& random, const World& world, std::vector<std::string>* names) {
  const int count = 1 + random.Below(3);
  for (int i = 0; i < count; ++i) names->push_back(RandomName(random, world));
  const auto quoted = [](const char* before, const char* behind) {
    return [=](std::string* out, const std::string& name) {
      absl::StrAppend(out, before, name, behind);
    };
  };
  switch (random.Below(3)) {
    case 0:
      return absl::StrCat("[", absl::StrJoin(*names, ", ", quoted("'", "'")), "] ");
    case 1:
      return absl::StrCat(absl::StrJoin(*names, ", ", quoted("entity('", "')")), " ");
    default:
      return absl::StrCat(absl::StrJoin(*names, ", ", quoted("'", "'")), " ");
  }
}

void AddSources(Random& random, const World& world, WrittenLens* lens) {
  const auto maybe = [&](const char* clause, std::optional<std::vector<std::string>>* dimension) {
    if (!random.OneIn(6)) return;
    dimension->emplace();
    absl::StrAppend(&lens->text, clause, RandomSources(random, world, &**dimension));
  };
  maybe("ACCORDING TO ", &lens->lens.according_to);
  maybe("EXCEPT ", &lens->lens.except);
  maybe("DENIED BY ", &lens->lens.denied_by);
  if (random.OneIn(5)) {
    lens->lens.confidence = random.Of(std::vector<int>{0, 30, 50, 70, 90});
    absl::StrAppend(&lens->text, "CONFIDENCE >= ", *lens->lens.confidence / 100.0, " ");
  }
}

}  // namespace

std::string RandomName(Random& random, const World& world) {
  for (int tries = 0; tries < 20; ++tries) {
    const std::string& name = random.OneIn(3) ? random.Of(EntityKeys()) : random.Of(EntityNames());
    if (world.Named(name).has_value() || random.OneIn(40)) return name;
  }
  return "Nobody";
}

WrittenLens RandomLens(Random& random, const World& world) {
  WrittenLens lens;
  if (random.OneIn(4)) {
    const WrittenRange range = RandomRange(random, /*known=*/false, /*bare=*/false);
    absl::StrAppend(&lens.text, "FOR VALID_TIME", range.text);
    lens.lens.valid_time = range.range;
    lens.lens.any_valid_time = !range.range.has_value();
  }
  if (random.OneIn(4)) {
    const WrittenRange range = RandomRange(random, /*known=*/true, /*bare=*/false);
    absl::StrAppend(&lens.text, "FOR KNOWN_TIME", range.text);
    lens.lens.known_time = range.range;
    lens.lens.any_known_time = !range.range.has_value();
  }
  AddSources(random, world, &lens);
  if (random.OneIn(8)) {
    lens.lens.including = random.OneIn(2) ? "ALL" : "DENIED";
    absl::StrAppend(&lens.text, "INCLUDING ", *lens.lens.including, " ");
  }
  return lens;
}

WrittenLens RandomModifiers(Random& random, const World& world) {
  WrittenLens lens;
  const std::string time = RandomTime(random);
  switch (random.Below(12)) {
    case 0:
      absl::StrAppend(&lens.text, "SINCE ", Written(time, true), " ");
      lens.lens.valid_time = Range{MomentOf(time), kForEver};
      break;
    case 1:
      absl::StrAppend(&lens.text, "UNTIL ", Written(time, true), " ");
      lens.lens.valid_time = Range{kAlwaysWas, MomentOf(time)};
      break;
    case 2:
      absl::StrAppend(&lens.text, "VALID AS OF ", Written(time, true), " ");
      lens.lens.valid_time = Range{MomentOf(time), MomentOf(time) + 1};
      break;
    default:
      break;
  }
  if (random.OneIn(4)) {
    const std::string known = RandomTime(random);
    absl::StrAppend(&lens.text, random.OneIn(2) ? "KNOWN " : "", "AS OF ", Written(known, true),
                    " ");
    lens.lens.known_time = Range{kAlwaysWas, MomentOf(known) + 1};
  }
  AddSources(random, world, &lens);
  return lens;
}

PlacedLens RandomPlaces(Random& random, const World& world, bool may_stand_behind) {
  PlacedLens placed;
  const auto add = [&](std::string* text) {
    const WrittenLens lens = RandomLens(random, world);
    if (lens.text.empty()) return;
    *text = absl::StrCat(" ", lens.text);
    placed.written.push_back(lens.lens);
    placed.lens = lens.lens.Within(placed.lens);
  };
  if (random.OneIn(4)) add(&placed.session);
  if (random.OneIn(2)) add(&placed.before);
  placed.outer = placed.lens;
  if (may_stand_behind && random.OneIn(2)) add(&placed.behind);
  return placed;
}

}  // namespace entente::reference
