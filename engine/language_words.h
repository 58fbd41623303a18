// The words of the language, for completion in a shell. Defined in query/.
#pragma once

#include <string>
#include <vector>

namespace entente {

// Keywords in upper case and functions as documented, sorted.
const std::vector<std::string>& LanguageWords();

}  // namespace entente
