// Errors as openCypher names them: a type (SyntaxError), a detail (UndefinedVariable), the phase in
// which they are raised and, for statements, where. They travel as absl::Status: the message is the
// plain sentence, the rest a payload that ErrorInfoOf reads back.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/export.h"

namespace entente {

enum class Phase { kCompileTime, kRuntime };

// A half-open range of bytes of the statement's text.
struct SourceSpan {
  size_t begin = 0;
  size_t end = 0;
};

// One row of the table in error.cc each. The same detail can have two types: openCypher calls a
// wrong argument a SyntaxError when it is known at compile time and a TypeError at runtime.
enum class ErrorCode {
  // Compile time, SyntaxError.
  kUnexpectedSyntax,
  kInvalidNumberLiteral,
  kInvalidUnicodeLiteral,
  kInvalidUnicodeCharacter,
  kIntegerOverflow,
  kFloatingPointOverflow,
  kUndefinedVariable,
  kVariableAlreadyBound,
  kVariableTypeConflict,
  kInvalidArgumentType,
  kInvalidNumberOfArguments,
  kUnknownFunction,
  kNestedAggregation,
  kInvalidAggregation,
  kAmbiguousAggregationExpression,
  kNonConstantExpression,
  kNegativeIntegerArgument,
  kNoSingleRelationshipType,
  kRequiresDirectedRelationship,
  kInvalidRelationshipPattern,
  kRelationshipUniquenessViolation,
  kCreatingVarLength,
  kInvalidParameterUse,
  kInvalidClauseComposition,
  kInvalidDelete,
  kNoExpressionAlias,
  kNoVariablesInScope,
  kColumnNameConflict,
  kDifferentColumnsInUnion,
  kInvalidArgumentExpression,
  kInvalidArgumentPassingMode,
  kUnknownRelationType,  // ours: a question names a type that does not exist
  kUnknownLabel,         // ours: likewise a label
  // Compile time, others.
  kMissingParameter,   // ParameterMissing
  kProcedureNotFound,  // ProcedureError
  kTransactionState,   // TransactionError: BEGIN inside a transaction, COMMIT outside …
  kInvalidParameters,  // ours: ArgumentError, parameters that are no JSON object
  // Runtime.
  kRuntimeInvalidArgumentType,        // TypeError InvalidArgumentType
  kCompileTimeTypeError,              // TypeError InvalidArgumentType, raised at compile time
  kMapElementAccessByNonString,       // TypeError
  kListElementAccessByNonInteger,     // TypeError
  kInvalidElementAccess,              // TypeError
  kPropertyAccessOnNonMap,            // TypeError
  kInvalidPropertyType,               // TypeError
  kTypeInvalidArgumentValue,          // TypeError InvalidArgumentValue
  kRuntimeInvalidArgumentValue,       // ArgumentError InvalidArgumentValue
  kNumberOutOfRange,                  // ArgumentError
  kRuntimeSyntaxInvalidArgumentType,  // SyntaxError InvalidArgumentType, seen at runtime only
  kRuntimeNegativeIntegerArgument,    // SyntaxError NegativeIntegerArgument, seen at runtime only
  kRuntimeIntegerOverflow,            // ArithmeticError IntegerOverflow
  kDivisionByZero,                    // ArithmeticError
  kDeletedEntityAccess,               // EntityNotFound
  kEntityNotFound,                    // EntityNotFound
  kMergeReadOwnWrites,                // SemanticError
  kDeleteConnectedNode,               // ConstraintVerificationFailed
  kAmbiguousName,                     // ours: SemanticError, a name that several entities bear
  kUnknownName,                       // ours: SemanticError
  kIndexExists,                       // ours: SchemaError
  kIndexNotFound,                     // ours: SchemaError
  kTaxonomyCycle,                     // ours: SchemaError, something would lie under itself
  kReadOnly,                          // ours: a write on a read-only database
  kDatabaseBusy,                      // ours: another writer took too long
  kWriteConflict,                     // ours: TransactionError, see Session
  kResultClosed,                      // ours: TransactionError, rows of a session that went on
  kInvalidCall,                       // ours: ArgumentError, a call that breaks its contract
  kInterrupted,                       // ours: the statement was cancelled
  kLimitExceeded,                     // ours: depth, memory or time limit
};

struct ENTENTE_EXPORT ErrorInfo {
  std::string type;    // "SyntaxError"
  std::string detail;  // "UndefinedVariable"
  Phase phase = Phase::kRuntime;
  std::optional<SourceSpan> span;
};

absl::Status MakeError(ErrorCode code, absl::string_view message,
                       std::optional<SourceSpan> span = std::nullopt);

// `status` with `span` added, unless it has one or is OK.
absl::Status WithSpan(absl::Status status, SourceSpan span);

// For a status that MakeError did not make, type and detail are by its code: "DatabaseError"
// "DatabaseNotFound", "NotADatabase", "DatabaseLocked", "UnsupportedFormat", "DamagedDatabase" …
ENTENTE_EXPORT ErrorInfo ErrorInfoOf(const absl::Status& status);

// "SyntaxError: UndefinedVariable: Variable `x` is not defined".
ENTENTE_EXPORT std::string ErrorText(const absl::Status& status);

// Line and column (both from 1, the column in code points) of byte `offset` of `statement`.
struct LineColumn {
  size_t line = 1;
  size_t column = 1;
};
LineColumn LocateOffset(absl::string_view statement, size_t offset);

// ErrorText, then, when the place is known, what lies about it in the statement's line, without its
// control characters, over a caret placed by terminal columns (wide characters count two).
ENTENTE_EXPORT std::string ErrorTextWithCaret(const absl::Status& status,
                                              absl::string_view statement);

}  // namespace entente
