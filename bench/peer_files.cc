#include "bench/peer_files.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace entente::bench {

std::string PeerModules() {
  const char* given = std::getenv("ENTENTE_BENCH_PEERS");
  return given != nullptr ? given : ENTENTE_SOURCE_DIR "/build/bench/node_modules";
}

std::string BenchFile(const std::string& name) {
  return absl::StrCat(ENTENTE_SOURCE_DIR "/bench/", name);
}

absl::StatusOr<std::string> ReadBenchFile(const std::string& name) {
  std::ifstream file(BenchFile(name));
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read bench/", name));
  return text.str();
}

}  // namespace entente::bench
