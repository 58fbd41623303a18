// Random lenses, as they are written and as what they mean.
#pragma once

#include <string>
#include <vector>

#include "tests/reference/history.h"
#include "tests/reference/lens.h"

namespace entente::reference {

struct WrittenLens {
  std::string text;  // clauses, each with a blank behind it
  Lens lens;
};

// A name or key of somebody in the world; now and then of nobody.
std::string RandomName(Random& random, const World& world);
WrittenLens RandomLens(Random& random, const World& world);
// As a question takes it.
WrittenLens RandomModifiers(Random& random, const World& world);

// A lens in one or several of the places where it may stand.
struct PlacedLens {
  std::string session;
  std::string before;  // the query
  std::string behind;  // the pattern
  std::vector<Lens> written;
  Lens outer;  // what holds outside of the pattern
  Lens lens;
};
PlacedLens RandomPlaces(Random& random, const World& world, bool may_stand_behind = true);

}  // namespace entente::reference
