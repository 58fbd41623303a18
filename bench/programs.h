// The workloads that are more than a question asked again and again: loading, opening, writing, and
// reading beside a writer.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/engine.h"
#include "bench/report.h"
#include "bench/workload.h"

namespace entente::bench {

// Where an engine's part of a run takes place.
struct Stage {
  Engine& engine;
  const Workload& workload;
  const World& world;
  std::string tables;    // folder of the CSV files
  std::string database;  // the engine's
  Effort effort;
};

// Makes the database anew, as often as the effort says at least: time, peak memory, bytes a fact.
absl::StatusOr<std::vector<Figure>> MeasureLoad(const Stage& stage);

// Processes that open, answer and end; `answers` gets what they said.
absl::StatusOr<std::vector<Figure>> MeasureOpen(const Stage& stage,
                                                std::vector<std::vector<Answer::Row>>* answers);

// Seconds a fact in transactions, on a copy of the database.
absl::StatusOr<std::vector<Figure>> MeasureWrites(const Stage& stage);

// Seconds an answer of eight readers together, alone and beside a writer, on a copy.
absl::StatusOr<std::vector<Figure>> MeasureMixed(const Stage& stage);

}  // namespace entente::bench
