// The arrays of csr.h as an engine. Its texts are "who", "ways", "reach", "triangles" or "chain"
// with the numbers of the relations.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench/csr.h"
#include "bench/engine.h"
#include "engine/status.h"

namespace entente::bench {
namespace {

class CsrStatement : public Statement {
 public:
  CsrStatement(const CsrGraph& graph, std::string traversal, std::vector<uint32_t> relations)
      : graph_(graph), traversal_(std::move(traversal)), relations_(std::move(relations)) {}

  absl::Status Run(const ParameterSet& parameters, Answer* answer) override {
    if (traversal_ == "who") {
      Who(Node(parameters, "object"), answer);
      return absl::OkStatus();
    }
    if (traversal_ == "chain") {
      const int length = ShortestPath(graph_, relations_, Node(parameters, "from"),
                                      Node(parameters, "to"), /*most=*/6);
      if (length == 0) return absl::OkStatus();
      answer->Integer(length);
    } else if (traversal_ == "ways") {
      Number(CountTwoSteps(graph_, relations_, Node(parameters, "subject")), answer);
    } else if (traversal_ == "reach") {
      Number(CountReach(graph_, relations_, Node(parameters, "subject"), /*steps=*/3), answer);
    } else {
      Number(CountTriangles(graph_, relations_), answer);
    }
    answer->EndRow();
    return absl::OkStatus();
  }

 private:
  static void Number(uint64_t number, Answer* answer) {
    answer->Integer(static_cast<int64_t>(number));
  }

  // Keys are numbered from 1.
  static uint32_t Node(const ParameterSet& parameters, absl::string_view name) {
    uint32_t number = 1;
    for (const auto& [key, value] : parameters) {
      if (key == name) (void)absl::SimpleAtoi(value.substr(value.find('Q') + 1), &number);
    }
    return number - 1;
  }

  void Who(uint32_t object, Answer* answer) const {
    for (const uint32_t relation : relations_) {
      const absl::Span<const uint32_t> subjects = graph_.in.Neighbours(relation, object);
      const absl::Span<const uint16_t> confidences = graph_.in.Confidences(relation, object);
      for (size_t i = 0; i < subjects.size(); ++i) {
        answer->Integer(subjects[i]);
        answer->Real(confidences[i] / 10'000.0);
        answer->EndRow();
      }
    }
  }

  const CsrGraph& graph_;
  const std::string traversal_;
  const std::vector<uint32_t> relations_;
};

class CsrConnection : public Connection {
 public:
  explicit CsrConnection(const CsrGraph& graph) : graph_(graph) {}

  absl::StatusOr<std::unique_ptr<Statement>> Prepare(const std::string& text) override {
    const std::vector<std::string> words =
        absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty());
    std::vector<uint32_t> relations;
    for (size_t i = 1; i < words.size(); ++i) {
      uint32_t number = 0;
      if (!absl::SimpleAtoi(words[i], &number)) return absl::InvalidArgumentError(text);
      relations.push_back(number - 1);
    }
    return std::make_unique<CsrStatement>(graph_, words[0], std::move(relations));
  }
  absl::Status Begin() override { return absl::UnimplementedError("csr cannot be written to"); }
  absl::Status Commit() override { return Begin(); }
  void Interrupt() override {}

 private:
  const CsrGraph& graph_;
};

class CsrEngine : public LocalEngine {
 public:
  absl::string_view name() const override { return "csr"; }
  RelationNotation notation() const override { return RelationNotation::kNumbers; }
  std::string version() override { return "arrays in memory"; }

  absl::Status Load(const std::string& tables, const std::string& path) override {
    ASSIGN_OR_RETURN(const CsrGraph graph, CsrGraph::FromTables(tables));
    return graph.Write(path);
  }
  absl::Status Open(const std::string& path, const OpenOptions& /*options*/) override {
    ASSIGN_OR_RETURN(graph_, CsrGraph::Read(path));
    return absl::OkStatus();
  }
  void Close() override { graph_ = CsrGraph(); }
  absl::StatusOr<std::unique_ptr<Connection>> Connect() override {
    return std::make_unique<CsrConnection>(graph_);
  }

 private:
  CsrGraph graph_;
};

}  // namespace

std::unique_ptr<Engine> NewCsr() { return std::make_unique<CsrEngine>(); }

}  // namespace entente::bench
