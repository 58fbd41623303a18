// The ids of storage/ids.h under the engine's name, for those who see only engine/.
#pragma once

#include "storage/ids.h"

namespace entente {

using storage::Direction;
using storage::FactId;
using storage::IndexId;
using storage::IsArticle;
using storage::kNoId;
using storage::kNoSymbol;
using storage::LabelId;
using storage::NodeId;
using storage::PropertyId;
using storage::RelationId;

}  // namespace entente
