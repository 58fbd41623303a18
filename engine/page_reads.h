// How much of the database a thread has read, for profiles.
#pragma once

#include "storage/page_reads.h"

namespace entente {

using storage::PagesReadByThisThread;

}  // namespace entente
