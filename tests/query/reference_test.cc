// The function part of query/REFERENCE.md is what the table says. When this fails, run it with
// ENTENTE_WRITE_REFERENCE=1 in the environment: it then writes that part anew.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "query/function.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

constexpr char kPage[] = ENTENTE_SOURCE_DIR "/query/REFERENCE.md";
constexpr char kBegin[] = "<!-- from the function table -->\n";
constexpr char kEnd[] = "<!-- end of the function table -->\n";

// "NUMBER or STRING", "" for any value.
std::string TypesText(TypeSet set) {
  if (set == types::kAny) return "";
  std::vector<std::string> names;
  TypeSet left = set;
  for (const auto& [group, name] :
       {std::pair(types::kTemporal, "INSTANT"), std::pair(types::kNumber, "NUMBER")}) {
    if (!((set | group) == set)) continue;
    names.push_back(name);
    TypeSet rest;
    for (int i = 0; i < static_cast<int>(Value::Type::kNull); ++i) {
      const TypeSet one = {static_cast<Value::Type>(i)};
      if (left.Meets(one) && !group.Meets(one)) rest = rest | one;
    }
    left = rest;
  }
  if (!(left == TypeSet())) names.push_back(TypeSetText(left));
  return absl::StrJoin(names, names.back().find(" or ") == std::string::npos ? " or " : ", ");
}

std::string ResultText(TypeSet result, TypeSet elements) {
  const std::string text = TypesText(result);
  if (result == types::kList && !(elements == types::kAny)) {
    return absl::StrCat(text, " of ", TypesText(elements));
  }
  return text.empty() ? "any" : text;
}

std::string ParameterText(const FunctionParameter& parameter) {
  const std::string types = TypesText(parameter.accepts);
  return types.empty() ? std::string(parameter.name)
                       : absl::StrCat(std::string(parameter.name), " ", types);
}

std::string Signature(const FunctionRow& row) {
  std::string text = absl::StrCat(std::string(row.name), "(");
  const size_t required = row.parameters.size() - row.optional;
  for (size_t i = 0; i < row.parameters.size(); ++i) {
    if (i >= required) absl::StrAppend(&text, "[");
    if (i > 0) absl::StrAppend(&text, ", ");
    absl::StrAppend(&text, ParameterText(row.parameters[i]));
  }
  return absl::StrCat(text, row.variadic ? ", …" : "", std::string(row.optional, ']'), ")");
}

std::string Line(const std::string& signature, const std::string& result, absl::string_view help) {
  return absl::StrCat("| `", signature, "` | ", result, " | ", std::string(help), " |\n");
}

constexpr char kTableHead[] = "| function | result | |\n| --- | --- | --- |\n";

std::string FunctionTables() {
  std::map<std::string, std::string> by_subject;
  for (const FunctionRow* row : AllFunctions()) {
    if (row->internal) continue;
    std::string& table = by_subject[std::string(row->subject)];
    if (table.empty()) table = absl::StrCat("### ", std::string(row->subject), "\n\n", kTableHead);
    absl::StrAppend(&table,
                    Line(Signature(*row), ResultText(row->result, row->elements), row->help));
  }
  std::vector<std::string> tables;
  for (const auto& [subject, table] : by_subject) tables.push_back(table);
  std::string aggregates = absl::StrCat("### Aggregates\n\n", kTableHead);
  for (const AggregateRow* row : AllAggregates()) {
    const std::string types = TypesText(row->accepts);
    absl::StrAppend(&aggregates,
                    Line(absl::StrCat(std::string(row->name), "(value", types.empty() ? "" : " ",
                                      types, row->arity == 2 ? ", percentile" : "", ")"),
                         ResultText(row->result, types::kAny), row->help));
  }
  tables.push_back(aggregates);
  return absl::StrCat("\n", absl::StrJoin(tables, "\n"), "\n");
}

TEST(Reference, FunctionsAreThoseOfTheTable) {
  std::ifstream file(kPage);
  ASSERT_TRUE(file) << kPage;
  std::stringstream content;
  content << file.rdbuf();
  const std::string page = content.str();
  const size_t begin = page.find(kBegin);
  const size_t end = page.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const size_t from = begin + sizeof(kBegin) - 1;
  const std::string tables = FunctionTables();
  if (std::getenv("ENTENTE_WRITE_REFERENCE") != nullptr) {
    std::ofstream(kPage) << page.substr(0, from) << tables << page.substr(end);
    return;
  }
  EXPECT_EQ(page.substr(from, end - from), tables);
}

}  // namespace
}  // namespace entente::query
