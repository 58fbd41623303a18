// Report: what a run found, as Markdown and as JSON.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace entente::bench {

// The lower, the better.
struct Figure {
  enum class Unit { kSeconds, kBytes };

  std::string workload;
  std::string item;  // a case, or what of it was measured
  std::string engine;
  int threads = 1;
  Unit unit = Unit::kSeconds;
  std::vector<double> samples;  // empty: see the note
  std::string note;             // "> 60 s", or why there is no figure

  // Between the samples; needs some.
  double Quantile(double share) const;
  double median() const { return Quantile(0.5); }
};

class Report {
 public:
  void Describe(const std::string& what, const std::string& value) { about_[what] = value; }
  void AddTitle(const std::string& workload, const std::string& title) {
    titles_[workload] = title;
  }
  void Add(Figure figure);
  // Engines gave different answers.
  void AddDifference(std::string text) { differences_.push_back(std::move(text)); }

  const std::vector<std::string>& differences() const { return differences_; }

  // A table: a line for each item and number of threads, a column for each engine, and Entente's
  // ratios to the best peer and to arrays in memory.
  std::string Markdown() const;
  std::string Json() const;

 private:
  std::map<std::string, std::string> about_;
  std::map<std::string, std::string> titles_;
  std::vector<Figure> figures_;
  std::vector<std::string> differences_;
};

// "1.5 ms", "23 MiB"
std::string FigureText(double value, Figure::Unit unit);

}  // namespace entente::bench
