// Wording: names, titles and addresses that are as long as real ones and as hard to compress.
#pragma once

#include <cstdint>
#include <string>

#include "bench/sampling.h"

namespace entente::bench {

// "Nortek Balinda": two or three invented words. Different ids give different names.
std::string NameOf(uint64_t entity);

// "nortekbalinda.com"
std::string DomainOf(uint64_t publisher);

// Seven to thirteen words, often used ones more often, as headlines have them: about 70 characters.
std::string DrawTitle(Random& random);

// "https://www.nortekbalinda.com/world/2021/03/14/<the title's words>-4f09c2" or a number in place
// of the words. `day` counts from 1970-01-01.
std::string DrawUrl(Random& random, uint64_t publisher, int64_t day, const std::string& title);

// Some of an article's words.
std::string DrawQuote(Random& random);

// "2021-03-14"
std::string DateText(int64_t day);

}  // namespace entente::bench
