// Procedures that keep claims without an importer: what evidence says, what is retracted, when a
// fact is valid.
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/claim_writer.h"
#include "engine/error.h"
#include "engine/published.h"
#include "engine/status.h"
#include "engine/valid_time.h"
#include "query/name_lookup.h"
#include "query/procedures.h"

namespace entente::query {
namespace {

using CallRows = std::vector<std::vector<Value>>;

absl::Status BadDetail(absl::string_view name, absl::string_view wanted) {
  return MakeError(ErrorCode::kRuntimeInvalidArgumentValue,
                   absl::StrCat("`", name, "` must be ", wanted));
}

// The map that cite and retract take: what is null is not given.
struct Details {
  EvidenceChoice choice;
  std::optional<double> confidence;
  std::string quote;
  std::optional<Instant> at;
};

// What may be given to one of the procedures.
enum class Purpose { kCite, kRetract };

class DetailsReader {
 public:
  DetailsReader(GraphWriter& graph, Purpose purpose) : graph_(graph), purpose_(purpose) {}

  absl::StatusOr<Details> Read(const Value& given) {
    if (given.is_null()) return details_;
    if (!given.is_map()) return BadDetail("details", "a map");
    for (const auto& [name, value] : given.map()) {
      if (!value.is_null()) RETURN_IF_ERROR(ReadDetail(name, value));
    }
    return details_;
  }

 private:
  absl::Status ReadDetail(absl::string_view name, const Value& value) {
    const bool cites = purpose_ == Purpose::kCite;
    if (name == "stance") return ReadStance(value);
    if (name == "asserted_by") return ReadAsserter(value);
    if (name == "sentence") return ReadSentence(value);
    if (name == "span") return ReadSpan(value);
    if (name == "confidence" && cites) return ReadConfidence(value);
    if (name == "quote" && cites) return ReadQuote(value);
    if (name == "at" && !cites) return ReadTime(value);
    return MakeError(
        ErrorCode::kRuntimeInvalidArgumentValue,
        absl::StrCat("There is no `", name, "` of evidence; there are stance, asserted_by, ",
                     "sentence, span", cites ? ", confidence and quote" : " and at"));
  }

  absl::Status ReadStance(const Value& value) {
    if (value.is_string()) details_.choice.stance = StanceNamed(value.string());
    return details_.choice.stance.has_value()
               ? absl::OkStatus()
               : BadDetail("stance", "'affirms', 'reports' or 'denies'");
  }

  // An unknown name makes an entity where evidence is added, as in imports.
  absl::Status ReadAsserter(const Value& value) {
    if (value.is_node()) {
      details_.choice.asserter = value.node_id();
    } else if (!value.is_string()) {
      return BadDetail("asserted_by", "a node, a name or a key");
    } else if (purpose_ == Purpose::kCite) {
      ASSIGN_OR_RETURN(details_.choice.asserter, ClaimWriter(graph_).Resolve(value.string()));
    } else {
      ASSIGN_OR_RETURN(details_.choice.asserter, NeedNamed(graph_, value.string()));
    }
    return absl::OkStatus();
  }

  absl::Status ReadSentence(const Value& value) {
    const std::optional<int32_t> number = CountIn(value);
    if (!number.has_value()) return BadDetail("sentence", "a whole number from 0 on");
    details_.choice.sentence = *number;
    return absl::OkStatus();
  }

  absl::Status ReadSpan(const Value& value) {
    if (value.is_list() && value.list().size() == 2) {
      const std::optional<int32_t> begin = CountIn(value.list()[0]);
      const std::optional<int32_t> end = CountIn(value.list()[1]);
      if (begin.has_value() && end.has_value() && *begin <= *end) {
        details_.choice.span = {*begin, *end};
        return absl::OkStatus();
      }
    }
    return BadDetail("span", "two whole numbers [begin, end), and end not below begin");
  }

  absl::Status ReadConfidence(const Value& value) {
    if (!value.is_number() || !(value.number() >= 0 && value.number() <= 1)) {
      return BadDetail("confidence", "a number from 0 to 1");
    }
    details_.confidence = value.number();
    return absl::OkStatus();
  }

  absl::Status ReadQuote(const Value& value) {
    if (!value.is_string()) return BadDetail("quote", "a text");
    details_.quote = std::string(value.string());
    return absl::OkStatus();
  }

  absl::Status ReadTime(const Value& value) {
    details_.at = PublishedInstant(value);
    return details_.at.has_value() ? absl::OkStatus() : BadDetail("at", "a date or a moment");
  }

  static std::optional<int32_t> CountIn(const Value& value) {
    if (!value.is_integer() || value.integer() < 0 || value.integer() > INT32_MAX) {
      return std::nullopt;
    }
    return static_cast<int32_t>(value.integer());
  }

  GraphWriter& graph_;
  const Purpose purpose_;
  Details details_;
};

absl::StatusOr<CallRows> Cite(GraphWriter& graph, const FunctionContext&,
                              const std::vector<Value>& arguments) {
  ASSIGN_OR_RETURN(const Details details, DetailsReader(graph, Purpose::kCite).Read(arguments[2]));
  const EvidenceChoice& what = details.choice;
  EvidenceInput piece;
  piece.article = arguments[1].node_id();
  piece.stance = what.stance.value_or(piece.stance);
  piece.confidence = details.confidence.value_or(piece.confidence);
  piece.asserter = what.asserter.value_or(piece.asserter);
  piece.sentence = what.sentence.value_or(piece.sentence);
  if (what.span.has_value()) std::tie(piece.span_begin, piece.span_end) = *what.span;
  piece.quote = details.quote;
  const absl::StatusOr<size_t> added =
      ClaimWriter(graph).Cite(arguments[0].relationship().id, {piece});
  if (!added.ok()) return AsArgumentError(added.status());
  return CallRows{{Value::Boolean(*added > 0)}};
}

absl::StatusOr<CallRows> Retract(GraphWriter& graph, const FunctionContext& context,
                                 const std::vector<Value>& arguments) {
  constexpr int64_t kMicrosPerSecond = 1'000'000;
  ASSIGN_OR_RETURN(const Details details,
                   DetailsReader(graph, Purpose::kRetract).Read(arguments[2]));
  const Instant now =
      context.statement_seconds * kMicrosPerSecond + context.statement_nanoseconds / 1000;
  ASSIGN_OR_RETURN(
      const size_t retracted,
      ClaimWriter(graph).Retract(arguments[0].relationship().id, arguments[1].node_id(),
                                 details.at.value_or(now), details.choice));
  return CallRows{{Value::Integer(static_cast<int64_t>(retracted))}};
}

absl::StatusOr<ValidEnd> ValidEndIn(const Value& value, absl::string_view name) {
  if (value.is_string()) {
    const absl::StatusOr<ValidEnd> end = ParseValidEnd(value.string());
    if (!end.ok()) return AsArgumentError(end.status());
    return end;
  }
  const std::optional<ValidEnd> end = ValidEndOf(value);
  if (!end.has_value()) return BadDetail(name, "a date, a moment, the text of one, or null");
  return *end;
}

absl::StatusOr<CallRows> SetValid(GraphWriter& graph, const FunctionContext&,
                                  const std::vector<Value>& arguments) {
  ASSIGN_OR_RETURN(const ValidEnd from, ValidEndIn(arguments[1], "valid_from"));
  ASSIGN_OR_RETURN(const ValidEnd to, ValidEndIn(arguments[2], "valid_to"));
  RETURN_IF_ERROR(graph.SetValidTime(arguments[0].relationship().id, from, to));
  return CallRows();
}

}  // namespace

std::vector<BuiltInProcedure> EvidenceProcedures() {
  const ProcedureField relationship = {"relationship", "RELATIONSHIP", false};
  const ProcedureField article = {"article", "NODE", false};
  const ProcedureField details = {"details", "MAP", true};
  return {
      {{"entente.cite", {relationship, article, details}, {{"added", "BOOLEAN", false}}},
       "adds an article's word on a relationship; `added` is false where it was known already",
       Cite},
      {{"entente.retract", {relationship, article, details}, {{"retracted", "INTEGER", false}}},
       "retracts an article's word on a relationship; `retracted` is how many pieces of evidence "
       "that was",
       Retract},
      {{"entente.valid",
        {relationship, {"valid_from", "ANY", true}, {"valid_to", "ANY", true}},
        {}},
       "sets both ends of a relationship's valid time, as precisely as they are written",
       SetValid},
  };
}

}  // namespace entente::query
