#include <cstdint>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/status.h"
#include "engine/temporal_arithmetic.h"
#include "engine/temporal_build.h"
#include "query/functions/rows.h"

namespace entente::query {
namespace {

using Type = Value::Type;

// The moment at which the statement began, in UTC.
DateTime StatementClock(const FunctionContext& context) {
  DateTime now;
  now.seconds = context.statement_seconds;
  now.nanoseconds = context.statement_nanoseconds;
  return now;
}

// The moment of the call, in UTC.
DateTime RealClock(const FunctionContext&) {
  const absl::Time time = absl::Now();
  DateTime now;
  now.seconds = absl::ToUnixSeconds(time);
  now.nanoseconds =
      static_cast<int32_t>((time - absl::FromUnixSeconds(now.seconds)) / absl::Nanoseconds(1));
  return now;
}

using Clock = DateTime (*)(const FunctionContext&);

// What a clock shows in UTC, or in the time zone that the first argument names.
template <Type kType, Clock kClock>
absl::StatusOr<Value> Now(const FunctionContext& context, Arguments arguments) {
  const DateTime now = kClock(context);
  Value shown = Value::OfDateTime(now);
  if (!arguments.empty()) {
    const Value zone = Value::Map({{"timezone", arguments[0]}});
    ASSIGN_OR_RETURN(shown, MakeTemporal(Type::kDateTime, zone, now));
  }
  return MakeTemporal(kType, shown, now);
}

template <Type kType>
absl::StatusOr<Value> Construct(const FunctionContext& context, Arguments arguments) {
  if (arguments.empty()) return Now<kType, StatementClock>(context, arguments);
  return MakeTemporal(kType, arguments[0], StatementClock(context));
}

template <Type kType>
absl::StatusOr<Value> Truncate(const FunctionContext& context, Arguments arguments) {
  const DateTime now = StatementClock(context);
  return TruncateTemporal(kType, arguments[0].string(),
                          arguments.size() > 1 ? arguments[1] : Value::OfDateTime(now),
                          arguments.size() > 2 ? arguments[2] : Value::Null(), now);
}

absl::StatusOr<Value> ConstructDuration(const FunctionContext&, Arguments arguments) {
  return MakeDuration(arguments[0]);
}

absl::StatusOr<Value> FromEpoch(const FunctionContext&, Arguments arguments) {
  return DateTimeFromEpoch(arguments[0].integer(), arguments[1].integer());
}

absl::StatusOr<Value> FromEpochMillis(const FunctionContext&, Arguments arguments) {
  return DateTimeFromEpochMillis(arguments[0].integer());
}

absl::StatusOr<Value> Timestamp(const FunctionContext& context, Arguments) {
  const DateTime now = StatementClock(context);
  return Value::Integer(now.seconds * 1000 + now.nanoseconds / 1'000'000);
}

template <DurationSpan kSpan>
absl::StatusOr<Value> Between(const FunctionContext&, Arguments arguments) {
  ASSIGN_OR_RETURN(const Duration duration, DurationBetween(arguments[0], arguments[1], kSpan));
  return Value::OfDuration(duration);
}

FunctionRow ClockRow(absl::string_view name, TypeSet result, Purity purity,
                     FunctionImplementation implementation, absl::string_view help) {
  return {.name = name,
          .parameters = {{"timezone", types::kString}},
          .optional = 1,
          .result = result,
          .purity = purity,
          .implementation = implementation,
          .help = help};
}

struct InstantNames {
  absl::string_view construct, truncate, transaction, statement, realtime;
  absl::string_view help;
};

template <Type kType>
void AddInstant(const InstantNames& names, std::vector<FunctionRow>* rows) {
  const TypeSet result{kType};
  rows->push_back({.name = names.construct,
                   .parameters = {{"value", types::kString | types::kMap | types::kTemporal}},
                   .optional = 1,
                   .result = result,
                   .purity = Purity::kStatement,
                   .pure_of_text = kType != Type::kTime,  // whose offset may be that of today
                   .implementation = Construct<kType>,
                   .help = names.help});
  rows->push_back({.name = names.truncate,
                   .parameters = {{"unit", types::kString},
                                  {"value", types::kTemporal},
                                  {"fields", types::kMap}},
                   .optional = 2,
                   .result = result,
                   .purity = Purity::kStatement,
                   .implementation = Truncate<kType>,
                   .help = "The value with all below `unit` ('millennium' to 'microsecond') at its "
                           "least, then with `fields` set."});
  rows->push_back(ClockRow(names.transaction, result, Purity::kStatement,
                           Now<kType, StatementClock>,
                           "The clock as the statement began, even in a longer transaction."));
  rows->push_back(ClockRow(names.statement, result, Purity::kStatement, Now<kType, StatementClock>,
                           "The clock as the statement began."));
  rows->push_back(ClockRow(names.realtime, result, Purity::kVolatile, Now<kType, RealClock>,
                           "The clock at the moment of the call."));
}

FunctionRow BetweenRow(absl::string_view name, FunctionImplementation implementation,
                       absl::string_view help) {
  return {.name = name,
          .parameters = {{"from", types::kTemporal}, {"to", types::kTemporal}},
          .result = types::kDuration,
          .implementation = implementation,
          .help = help};
}

}  // namespace

std::vector<FunctionRow> TemporalFunctions() {
  std::vector<FunctionRow> rows = {
      {.name = "duration",
       .parameters = {{"value", types::kString | types::kMap | types::kDuration}},
       .result = types::kDuration,
       .implementation = ConstructDuration,
       .help = "A duration from ISO 8601 text or a map of years to nanoseconds."},
      BetweenRow("duration.between", Between<DurationSpan::kAll>,
                 "From one instant to another, in months, days and seconds."),
      BetweenRow("duration.inMonths", Between<DurationSpan::kMonths>,
                 "From one instant to another, in whole months."),
      BetweenRow("duration.inDays", Between<DurationSpan::kDays>,
                 "From one instant to another, in whole days."),
      BetweenRow("duration.inSeconds", Between<DurationSpan::kSeconds>,
                 "From one instant to another, in seconds."),
      {.name = "datetime.fromepoch",
       .parameters = {{"seconds", types::kInteger}, {"nanoseconds", types::kInteger}},
       .result = types::kDateTime,
       .implementation = FromEpoch,
       .help = "The instant so long after 1970-01-01T00:00Z."},
      {.name = "datetime.fromepochmillis",
       .parameters = {{"milliseconds", types::kInteger}},
       .result = types::kDateTime,
       .implementation = FromEpochMillis,
       .help = "The instant so long after 1970-01-01T00:00Z."},
      {.name = "timestamp",
       .result = types::kInteger,
       .purity = Purity::kStatement,
       .implementation = Timestamp,
       .help = "Milliseconds from 1970-01-01T00:00Z to the beginning of the statement."},
  };
  AddInstant<Type::kDate>(
      {"date", "date.truncate", "date.transaction", "date.statement", "date.realtime",
       "A date from ISO 8601 text, a map of components or another instant; without argument, "
       "today."},
      &rows);
  AddInstant<Type::kLocalTime>({"localtime", "localtime.truncate", "localtime.transaction",
                                "localtime.statement", "localtime.realtime",
                                "A time of day without offset from ISO 8601 text, a map of "
                                "components or another instant; without argument, now."},
                               &rows);
  AddInstant<Type::kTime>(
      {"time", "time.truncate", "time.transaction", "time.statement", "time.realtime",
       "A time of day with offset from ISO 8601 text, a map of components or "
       "another instant; without argument, now."},
      &rows);
  AddInstant<Type::kLocalDateTime>(
      {"localdatetime", "localdatetime.truncate", "localdatetime.transaction",
       "localdatetime.statement", "localdatetime.realtime",
       "A date and time without zone from ISO 8601 text, a map of components or another instant; "
       "without argument, now."},
      &rows);
  AddInstant<Type::kDateTime>({"datetime", "datetime.truncate", "datetime.transaction",
                               "datetime.statement", "datetime.realtime",
                               "A date and time in a zone from ISO 8601 text, a map of components "
                               "or another instant; without argument, now."},
                              &rows);
  return rows;
}

}  // namespace entente::query
