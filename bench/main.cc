// entente-bench: the benchmark's one program. README.md of this folder tells its subcommands.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "bench/generate.h"

namespace entente::bench {
namespace {

int Exit(const absl::Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(int argc, char** argv) {
  CLI::App app("Entente and its peers, side by side.");
  app.require_subcommand(1);
  int code = 0;

  CLI::App* generate = app.add_subcommand("generate", "Write an invented world as four tables");
  uint64_t facts = 0;
  std::string directory;
  generate->add_option("FACTS", facts, "How many facts")
      ->required()
      ->check(CLI::Range(uint64_t{1000}, uint64_t{1} << 40));
  generate->add_option("DIR", directory, "Where the files go")->required();
  generate->callback([&] { code = Exit(GenerateTables(facts, directory)); });

  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace entente::bench

int main(int argc, char** argv) { return entente::bench::Run(argc, argv); }
