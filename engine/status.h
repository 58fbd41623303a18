// Status macros and CHECK for those who see only engine/.
#pragma once

#include "storage/check.h"          // IWYU pragma: export
#include "storage/status_macros.h"  // IWYU pragma: export
