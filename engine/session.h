// Session: one connection that runs statements. Abstract: the engine's callers see this contract,
// the language in query/ fulfils it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/export.h"
#include "engine/value.h"

namespace entente {

class Core;

using Row = std::vector<Value>;
using Parameters = std::vector<MapEntry>;

// What a statement changed, as openCypher's side effects count it: the net effect is not computed,
// each action counts.
struct Changes {
  uint64_t nodes_created = 0;
  uint64_t nodes_deleted = 0;
  uint64_t relationships_created = 0;
  uint64_t relationships_deleted = 0;
  uint64_t properties_set = 0;
  uint64_t labels_added = 0;
  uint64_t labels_removed = 0;
};

// A statement's rows, as a stream. Outlives neither its session nor the session's next statement,
// except that destroying it later is safe.
class ENTENTE_EXPORT Result {
 public:
  virtual ~Result() = default;
  virtual const std::vector<std::string>& columns() const = 0;
  // Fills `row` (one value per column, filled in as Graph::Fill does) and returns true; false when
  // there are no more. After an error every call returns that error.
  virtual absl::StatusOr<bool> Next(Row* row) = 0;
  virtual const Changes& changes() const = 0;
};

// Used by one thread at a time, except Interrupt.
class ENTENTE_EXPORT Session {
 public:
  virtual ~Session() = default;

  // Parses, checks and starts one statement. All its writes are done when this returns, whether or
  // not its rows are read; outside a transaction they are committed, or undone if it fails. A
  // statement that fails inside a transaction is undone alone. Errors carry openCypher's type,
  // detail and place (engine/error.h). A transaction (BEGIN) reads the database as of its first
  // statement and becomes the one writer with its first statement that writes: that is
  // kWriteConflict if another session has committed since the first statement, and kDatabaseBusy
  // if another writer takes too long (DatabaseOptions).
  virtual absl::StatusOr<std::unique_ptr<Result>> Run(absl::string_view statement,
                                                      const Parameters& parameters = {}) = 0;

  // Whether the statement would write; errors as for Run. Runs nothing.
  virtual absl::StatusOr<bool> Writes(absl::string_view statement) = 0;

  virtual bool in_transaction() const = 0;

  // The clauses of the lens that SET LENS has put around every statement, as they were written; ""
  // while there is none.
  virtual std::string lens() const = 0;

  // From any thread: the running statement, if any, ends with kInterrupted soon.
  virtual void Interrupt() = 0;
};

// Defined in query/session.cc: the contract is the floor of the include graph and its
// implementation the roof.
std::unique_ptr<Session> NewSession(std::shared_ptr<Core> core);

}  // namespace entente
