// entente: one program, a subcommand for each way of use. README.md of this folder lists them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/entente.h"
#include "tools/exit_code.h"
#include "tools/export_command.h"
#include "tools/import_command.h"
#include "tools/maintenance_command.h"
#include "tools/query_command.h"
#include "tools/row_format.h"
#include "tools/shell.h"
#include "tools/statement_limits.h"

namespace entente::tools {
namespace {

// What a subcommand has written must have arrived, as far as the system can tell.
ExitCode AfterWriting(ExitCode code) {
  std::cout.flush();
  const bool arrived = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  return code == kOk && !arrived ? Fail("cannot write to standard output", kDatabaseError) : code;
}

// CLI11 ends --help with 0 and wrong usage with codes of its own, all of which are kUsage here.
int Run(int argc, char** argv) {
  CLI::App app("Entente: who does what to whom, according to whom, since when.");
  app.set_version_flag("--version", entente_version());
  app.require_subcommand(1);
  ExitCode code = kOk;
  std::string path;

  CLI::App* shell = app.add_subcommand("shell", "Type statements and questions");
  std::string shell_path = ":memory:";
  shell->add_option("DB", shell_path, "Database directory, made when missing; none: in memory");
  StatementLimits shell_limits;
  AddLimitOptions(shell, &shell_limits);
  shell->callback([&] { code = RunShell(shell_path, shell_limits); });

  CLI::App* query = app.add_subcommand("query", "Run one statement, or those on standard input");
  QueryOptions query_options;
  query->add_option("DB", path, "Database directory")->required();
  query->add_option("STATEMENT", query_options.statement, "openCypher, or a question");
  query->add_option("--param", query_options.parameters, "name=json; may be repeated")
      ->allow_extra_args(false);
  const auto formats = RowFormatNames();
  query->add_option("--format", query_options.format, "How rows are written")
      ->check(CLI::IsMember(std::vector<std::string>(formats.begin(), formats.end())))
      ->capture_default_str();
  AddLimitOptions(query, &query_options.limits);
  query->callback([&] { code = RunQuery(path, query_options); });

  // Not called import: clang-format takes that for the keyword.
  CLI::App* load = app.add_subcommand("import", "Load files of facts");
  ImportOptions load_options;
  load->add_option("DB", path, "Database directory, made when missing")->required();
  AddImportOptions(load, &load_options);
  load->callback([&] { code = RunImport(path, load_options); });

  CLI::App* save = app.add_subcommand("export", "Write everything as CSV files, for import");
  std::string directory;
  save->add_option("DB", path, "Database directory")->required();
  save->add_option("DIR", directory, "Folder for the files, made when missing, else empty")
      ->required();
  save->callback([&] { code = RunExport(path, directory); });

  CLI::App* stats = app.add_subcommand("stats", "Show counts, sizes and versions");
  stats->add_option("DB", path, "Database directory")->required();
  stats->callback([&] { code = RunStats(path); });

  CLI::App* check = app.add_subcommand("check", "Read everything and tell what is damaged");
  check->add_option("DB", path, "Database directory")->required();
  check->callback([&] { code = RunCheck(path); });

  const std::vector<CLI::App*> subcommands = app.get_subcommands({});
  const bool known = std::any_of(subcommands.begin(), subcommands.end(), [&](CLI::App* subcommand) {
    return argc > 1 && subcommand->check_name(argv[1]);
  });
  if (argc > 1 && argv[1][0] != '-' && !known) {
    return Fail(absl::StrCat("there is no subcommand '", argv[1], "'; --help lists them"), kUsage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return AfterWriting(app.exit(error) == 0 ? kOk : kUsage);
  }
  return AfterWriting(code);
}

}  // namespace
}  // namespace entente::tools

int main(int argc, char** argv) { return entente::tools::Run(argc, argv); }
