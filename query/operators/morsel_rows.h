// The leaf of a plan that several threads run: the rows of one morsel.
#pragma once

#include <memory>

#include "query/morsels.h"
#include "query/operator.h"

namespace entente::query {

// Takes a morsel, of rows, each time that it starts. It stands in place of the operator that makes
// these rows, which is counted in profiles by itself. `morsels` must outlive it.
std::unique_ptr<Operator> MakeMorselRows(MorselInput& morsels);

}  // namespace entente::query
