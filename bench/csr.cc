#include "bench/csr.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/world.h"
#include "engine/status.h"
#include "tools/csv_row.h"
#include "tools/input_file.h"

namespace entente::bench {
namespace {

template <typename T>
void AppendVector(const std::vector<T>& values, std::string* bytes) {
  const uint64_t size = values.size();
  bytes->append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes->append(reinterpret_cast<const char*>(values.data()), size * sizeof(T));
}

template <typename T>
bool TakeVector(absl::Span<const char>* bytes, std::vector<T>* values) {
  uint64_t size = 0;
  if (bytes->size() < sizeof(size)) return false;
  std::memcpy(&size, bytes->data(), sizeof(size));
  bytes->remove_prefix(sizeof(size));
  if (bytes->size() / sizeof(T) < size) return false;
  values->resize(size);
  std::memcpy(values->data(), bytes->data(), size * sizeof(T));
  bytes->remove_prefix(size * sizeof(T));
  return true;
}

// The number in a key such as "wd:Q4711", from 0; the generator numbers from 1.
uint32_t NumberIn(absl::string_view key) {
  uint32_t number = 0;
  (void)absl::SimpleAtoi(key.substr(key.find_first_of("0123456789")), &number);
  return number - 1;
}

template <typename Take>
absl::Status EachRow(const std::string& path, Take take) {
  ASSIGN_OR_RETURN(const std::unique_ptr<tools::InputFile> file, tools::InputFile::Open(path));
  absl::string_view line;
  tools::CsvRow row;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, file->NextLine(&line));
    if (!more) return absl::OkStatus();
    if (file->line_number() == 1) continue;
    if (row.Parse(line) != tools::CsvRow::Outcome::kWhole) {
      return absl::DataLossError(absl::StrCat(path, ": line ", file->line_number()));
    }
    take(row);
  }
}

// The strongest words of each independent source on one fact.
class Words {
 public:
  void Add(uint32_t source, bool denies, double confidence) {
    auto& strongest = words_[source];
    double& word = denies ? strongest.second : strongest.first;
    word = std::max(word, confidence);
  }
  // In ten-thousandths; −1 when nobody affirms or reports.
  int Confidence() const {
    double doubt = 1, trust = 1;
    bool visible = false;
    for (const auto& [source, strongest] : words_) {
      doubt *= 1 - strongest.first;
      trust *= 1 - strongest.second;
      visible = visible || strongest.first > 0;
    }
    return visible ? static_cast<int>(std::lround((1 - doubt) * trust * 10'000)) : -1;
  }
  void Clear() { words_.clear(); }

 private:
  absl::flat_hash_map<uint32_t, std::pair<double, double>> words_;
};

// The confidence of each fact, −1 for those that are not visible.
absl::StatusOr<std::vector<int>> Confidences(const std::string& tables) {
  std::vector<uint32_t> sources;  // by article
  RETURN_IF_ERROR(EachRow(tables + "/articles.csv", [&](const tools::CsvRow& row) {
    sources.push_back(row[6].empty() ? NumberIn(row[1]) : sources[NumberIn(row[6])]);
  }));
  std::vector<int> confidences;
  Words words;
  const auto finish_before = [&](size_t fact) {
    while (confidences.size() < fact) {
      confidences.push_back(words.Confidence());
      words.Clear();
    }
  };
  RETURN_IF_ERROR(EachRow(tables + "/evidence.csv", [&](const tools::CsvRow& row) {
    finish_before(NumberIn(row[0]));
    double confidence = 0;
    (void)absl::SimpleAtod(row[3], &confidence);
    words.Add(sources[NumberIn(row[1])], row[2] == "denies", confidence);
  }));
  finish_before(confidences.size() + 1);
  return confidences;
}

// Adds the nodes next to `frontier` that `seen` does not hold to both; false when `stop` says so.
template <typename Stop>
bool Spread(const Csr& csr, absl::Span<const uint32_t> relations,
            const std::vector<uint32_t>& frontier, std::vector<bool>* seen,
            std::vector<uint32_t>* next, Stop stop) {
  for (const uint32_t node : frontier) {
    for (const uint32_t relation : relations) {
      for (const uint32_t neighbour : csr.Neighbours(relation, node)) {
        if ((*seen)[neighbour]) continue;
        (*seen)[neighbour] = true;
        next->push_back(neighbour);
        if (stop(neighbour)) return false;
      }
    }
  }
  return true;
}

// How often `value` stands in a sorted list.
uint64_t CountOf(absl::Span<const uint32_t> sorted, uint32_t value) {
  const auto [begin, end] = std::equal_range(sorted.begin(), sorted.end(), value);
  return static_cast<uint64_t>(end - begin);
}

}  // namespace

Csr::Csr(std::vector<Edge> edges, uint32_t relations, uint32_t nodes) : nodes_(nodes) {
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return std::tie(a.relation, a.node, a.neighbour) < std::tie(b.relation, b.node, b.neighbour);
  });
  offsets_.assign(size_t{relations} * nodes + 1, 0);
  for (const Edge& edge : edges) {
    ++offsets_[size_t{edge.relation} * nodes + edge.node + 1];
    neighbours_.push_back(edge.neighbour);
    confidences_.push_back(edge.confidence);
  }
  for (size_t i = 1; i < offsets_.size(); ++i) offsets_[i] += offsets_[i - 1];
}

void Csr::Append(std::string* bytes) const {
  AppendVector(std::vector<uint32_t>{nodes_}, bytes);
  AppendVector(offsets_, bytes);
  AppendVector(neighbours_, bytes);
  AppendVector(confidences_, bytes);
}

bool Csr::Take(absl::Span<const char>* bytes) {
  std::vector<uint32_t> nodes;
  if (!TakeVector(bytes, &nodes) || nodes.size() != 1 || !TakeVector(bytes, &offsets_) ||
      !TakeVector(bytes, &neighbours_) || !TakeVector(bytes, &confidences_)) {
    return false;
  }
  nodes_ = nodes[0];
  return true;
}

absl::StatusOr<CsrGraph> CsrGraph::FromTables(const std::string& tables) {
  absl::flat_hash_map<std::string, uint32_t> relations;
  for (const RelationShare& relation : Relations()) {
    relations.emplace(relation.name, static_cast<uint32_t>(relations.size()));
  }
  ASSIGN_OR_RETURN(const std::vector<int> confidences, Confidences(tables));
  uint32_t nodes = 0;
  RETURN_IF_ERROR(EachRow(tables + "/entities.csv", [&](const tools::CsvRow&) { ++nodes; }));
  std::vector<Csr::Edge> out, in;
  RETURN_IF_ERROR(EachRow(tables + "/facts.csv", [&](const tools::CsvRow& row) {
    const int confidence = confidences[NumberIn(row[0])];
    if (confidence < 0) return;
    const uint32_t subject = NumberIn(row[1]);
    const uint32_t object = NumberIn(row[3]);
    const uint32_t relation = relations.at(row[2]);
    out.push_back({relation, subject, object, static_cast<uint16_t>(confidence)});
    in.push_back({relation, object, subject, static_cast<uint16_t>(confidence)});
  }));
  const auto count = static_cast<uint32_t>(relations.size());
  return CsrGraph{Csr(std::move(out), count, nodes), Csr(std::move(in), count, nodes)};
}

absl::Status CsrGraph::Write(const std::string& path) const {
  std::string bytes;
  out.Append(&bytes);
  in.Append(&bytes);
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  return file.fail() ? absl::UnavailableError(absl::StrCat("cannot write ", path))
                     : absl::OkStatus();
}

absl::StatusOr<CsrGraph> CsrGraph::Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  const std::string bytes = text.str();
  absl::Span<const char> rest(bytes.data(), bytes.size());
  CsrGraph graph;
  if (!graph.out.Take(&rest) || !graph.in.Take(&rest)) {
    return absl::DataLossError(absl::StrCat(path, " is cut short"));
  }
  return graph;
}

uint64_t CountTwoSteps(const CsrGraph& graph, absl::Span<const uint32_t> relations,
                       uint32_t start) {
  uint64_t count = 0;
  for (const uint32_t first : relations) {
    for (const uint32_t node : graph.out.Neighbours(first, start)) {
      for (const uint32_t second : relations) count += graph.out.Neighbours(second, node).size();
    }
  }
  return count;
}

uint64_t CountReach(const CsrGraph& graph, absl::Span<const uint32_t> relations, uint32_t start,
                    int steps) {
  std::vector<bool> seen(graph.out.nodes());
  std::vector<uint32_t> frontier = {start};
  uint64_t count = 0;
  for (int step = 0; step < steps; ++step) {
    std::vector<uint32_t> next;
    Spread(graph.out, relations, frontier, &seen, &next, [](uint32_t) { return false; });
    count += next.size();
    frontier = std::move(next);
  }
  return count;
}

uint64_t CountTriangles(const CsrGraph& graph, absl::Span<const uint32_t> relations) {
  uint64_t count = 0;
  const auto both = [&](uint32_t first, uint32_t second, uint32_t a, uint32_t b) {
    // b → c and c → a: the lists are walked together, or one is searched when it is much longer.
    absl::Span<const uint32_t> after = graph.out.Neighbours(first, b);
    absl::Span<const uint32_t> before = graph.in.Neighbours(second, a);
    if (after.size() > before.size()) std::swap(after, before);
    if (after.size() * 16 < before.size()) {
      for (const uint32_t node : after) count += CountOf(before, node);
      return;
    }
    for (size_t i = 0, j = 0; i < after.size() && j < before.size();) {
      if (after[i] < before[j]) {
        ++i;
      } else if (after[i] > before[j]) {
        ++j;
      } else {
        const uint32_t node = after[i];
        uint64_t left = 0, right = 0;
        for (; i < after.size() && after[i] == node; ++i) ++left;
        for (; j < before.size() && before[j] == node; ++j) ++right;
        count += left * right;
      }
    }
  };
  for (const uint32_t relation : relations) {
    for (uint32_t a = 0; a < graph.out.nodes(); ++a) {
      for (const uint32_t b : graph.out.Neighbours(relation, a)) {
        for (const uint32_t first : relations) {
          for (const uint32_t second : relations) both(first, second, a, b);
        }
      }
    }
  }
  return count;
}

int ShortestPath(const CsrGraph& graph, absl::Span<const uint32_t> relations, uint32_t from,
                 uint32_t to, int most) {
  std::vector<bool> seen_from(graph.out.nodes()), seen_to(graph.out.nodes());
  std::vector<uint32_t> front_from = {from}, front_to = {to};
  seen_from[from] = true;
  seen_to[to] = true;
  for (int length = 1; length <= most && !front_from.empty() && !front_to.empty(); ++length) {
    const bool forward = front_from.size() <= front_to.size();
    std::vector<uint32_t>& frontier = forward ? front_from : front_to;
    const std::vector<bool>& other = forward ? seen_to : seen_from;
    std::vector<uint32_t> next;
    if (!Spread(forward ? graph.out : graph.in, relations, frontier,
                forward ? &seen_from : &seen_to, &next,
                [&](uint32_t node) { return other[node]; })) {
      return length;
    }
    frontier = std::move(next);
  }
  return 0;
}

}  // namespace entente::bench
