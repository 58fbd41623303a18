#include "bench/report.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/engine.h"
#include "engine/value_json.h"

namespace entente::bench {
namespace {

std::string ThreeDigits(double value) {
  return absl::StrFormat("%.*f", value < 10 ? 2 : value < 100 ? 1 : 0, value);
}

// The figures of one line of the table.
struct Line {
  std::string workload;
  std::string item;
  int threads;
  std::map<std::string, const Figure*> by_engine;
};

std::vector<Line> Lines(const std::vector<Figure>& figures) {
  std::vector<Line> lines;
  for (const Figure& figure : figures) {
    auto line = std::find_if(lines.begin(), lines.end(), [&](const Line& other) {
      return std::tie(other.workload, other.item, other.threads) ==
             std::tie(figure.workload, figure.item, figure.threads);
    });
    if (line == lines.end()) {
      line = lines.insert(line, {figure.workload, figure.item, figure.threads, {}});
    }
    line->by_engine[figure.engine] = &figure;
  }
  return lines;
}

// Entente's figure to the best of those that `counts` admits.
template <typename Counts>
std::optional<double> Ratio(const Line& line, Counts counts) {
  std::optional<double> own, best;
  for (const auto& [engine, figure] : line.by_engine) {
    if (figure->samples.empty()) continue;
    if (engine == "entente") {
      own = figure->median();
    } else if (counts(engine) && (!best.has_value() || figure->median() < *best)) {
      best = figure->median();
    }
  }
  if (!own.has_value() || !best.has_value()) return std::nullopt;
  return *own / *best;
}

std::optional<double> RatioToBestPeer(const Line& line) {
  return Ratio(line, [](const std::string& engine) { return engine != "csr"; });
}

std::optional<double> RatioToCsr(const Line& line) {
  return line.workload == "W0"
             ? std::nullopt
             : Ratio(line, [](const std::string& engine) { return engine == "csr"; });
}

// Entente's figure of a case "A, B" to its own of the case A.
std::optional<double> RatioToPlain(const Line& line, const std::vector<Line>& lines) {
  const size_t comma = line.item.find(", ");
  if (comma == std::string::npos) return std::nullopt;
  const auto entente_of = [](const Line& one) -> const Figure* {
    const auto known = one.by_engine.find("entente");
    return known == one.by_engine.end() || known->second->samples.empty() ? nullptr : known->second;
  };
  const auto plain = std::find_if(lines.begin(), lines.end(), [&](const Line& other) {
    return other.workload == line.workload && other.threads == line.threads &&
           other.item == line.item.substr(0, comma);
  });
  if (plain == lines.end() || entente_of(line) == nullptr || entente_of(*plain) == nullptr) {
    return std::nullopt;
  }
  return entente_of(line)->median() / entente_of(*plain)->median();
}

std::string RatioText(const std::optional<double>& ratio) {
  return ratio.has_value() ? ThreeDigits(*ratio) : "";
}

Value NumberOrNull(const Figure& figure, double share) {
  return figure.samples.empty() ? Value::Null() : Value::Float(figure.Quantile(share));
}

Value RatioValue(const std::optional<double>& ratio) {
  return ratio.has_value() ? Value::Float(*ratio) : Value::Null();
}

std::string CellText(const Line& line, const std::string& engine) {
  const auto known = line.by_engine.find(engine);
  if (known == line.by_engine.end()) return "";
  const Figure& figure = *known->second;
  if (figure.samples.empty()) return figure.note;
  const std::string text = FigureText(figure.median(), figure.unit);
  return figure.note.empty() ? text : absl::StrCat(text, " (", figure.note, ")");
}

}  // namespace

double Figure::Quantile(double share) const {
  std::vector<double> sorted = samples;
  std::sort(sorted.begin(), sorted.end());
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::string FigureText(double value, Figure::Unit unit) {
  if (unit == Figure::Unit::kBytes) {
    if (value < 10'000) return absl::StrCat(ThreeDigits(value), " B");
    return absl::StrCat(ThreeDigits(value / (1 << 20)), " MiB");
  }
  if (value < 1e-3) return absl::StrCat(ThreeDigits(value * 1e6), " µs");
  if (value < 1) return absl::StrCat(ThreeDigits(value * 1e3), " ms");
  return absl::StrCat(ThreeDigits(value), " s");
}

void Report::Add(Figure figure) { figures_.push_back(std::move(figure)); }

std::string Report::Markdown() const {
  std::string text;
  for (const auto& [what, value] : about_) absl::StrAppend(&text, "* ", what, ": ", value, "\n");
  for (const std::string& difference : differences_) {
    absl::StrAppend(&text, "* **Different answers:** ", difference, "\n");
  }
  const std::vector<std::string> engines = EngineNames();
  absl::StrAppend(&text, "\n| workload | case | threads | ", absl::StrJoin(engines, " | "),
                  " | to the best peer | to CSR | to the plain case |\n| --- | --- | --: |");
  for (size_t i = 0; i < engines.size() + 3; ++i) absl::StrAppend(&text, " --: |");
  absl::StrAppend(&text, "\n");
  std::string previous;
  const std::vector<Line> lines = Lines(figures_);
  for (const Line& line : lines) {
    const auto title = titles_.find(line.workload);
    const bool first = line.workload != previous;
    previous = line.workload;
    absl::StrAppend(&text, "| ", first ? line.workload : "",
                    first && title != titles_.end() ? absl::StrCat(" ", title->second) : "", " | ",
                    line.item, " | ", line.threads, " |");
    for (const std::string& engine : engines) {
      absl::StrAppend(&text, " ", CellText(line, engine), " |");
    }
    absl::StrAppend(&text, " ", RatioText(RatioToBestPeer(line)), " | ",
                    RatioText(RatioToCsr(line)), " | ", RatioText(RatioToPlain(line, lines)),
                    " |\n");
  }
  return text;
}

std::string Report::Json() const {
  std::vector<MapEntry> about;
  for (const auto& [what, value] : about_) about.emplace_back(what, Value::String(value));
  std::vector<Value> figures, differences;
  for (const Figure& figure : figures_) {
    figures.push_back(Value::Map(
        {{"workload", Value::String(figure.workload)},
         {"item", Value::String(figure.item)},
         {"engine", Value::String(figure.engine)},
         {"threads", Value::Integer(figure.threads)},
         {"unit", Value::String(figure.unit == Figure::Unit::kBytes ? "bytes" : "seconds")},
         {"runs", Value::Integer(static_cast<int64_t>(figure.samples.size()))},
         {"median", NumberOrNull(figure, 0.5)},
         {"low", NumberOrNull(figure, 0.1)},
         {"high", NumberOrNull(figure, 0.9)},
         {"note", Value::String(figure.note)}}));
  }
  std::vector<Value> ratios;
  const std::vector<Line> lines = Lines(figures_);
  for (const Line& line : lines) {
    if (line.by_engine.count("entente") == 0) continue;
    ratios.push_back(Value::Map({{"workload", Value::String(line.workload)},
                                 {"item", Value::String(line.item)},
                                 {"threads", Value::Integer(line.threads)},
                                 {"to_best_peer", RatioValue(RatioToBestPeer(line))},
                                 {"to_csr", RatioValue(RatioToCsr(line))},
                                 {"to_plain", RatioValue(RatioToPlain(line, lines))}}));
  }
  for (const std::string& text : differences_) differences.push_back(Value::String(text));
  return ToJson(Value::Map({{"about", Value::Map(std::move(about))},
                            {"figures", Value::List(std::move(figures))},
                            {"ratios", Value::List(std::move(ratios))},
                            {"differences", Value::List(std::move(differences))}}));
}

}  // namespace entente::bench
