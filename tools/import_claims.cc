#include "tools/import_claims.h"

#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/published.h"
#include "engine/status.h"
#include "engine/valid_time.h"
#include "engine/value_json.h"
#include "tools/text_place.h"

namespace entente::tools {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr absl::string_view kLineShape = "an object such as {\"article\":{…},\"claims\":[…]}";

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct ClaimsFormat::State {
  explicit State(LoadInput& load_input) : input(load_input) {}

  LoadInput& input;
  ondemand::parser parser;
  std::string padded;
  std::map<std::string, uint64_t> unknown_fields;
};

// One line while it is read. Records are handed over when the whole line has proved to be JSON, so
// that a line cut short leaves nothing.
class ClaimsFormat::Line {
 public:
  Line(State& state, size_t size, const InputPlace& place)
      : state_(state), size_(size), place_(place) {}

  absl::Status Read();

 private:
  template <typename Input>
  struct Found {
    Input input;
    InputPlace place;
  };

  // Where the reader stands now.
  InputPlace Here();
  // Where the string begins that the line does not close.
  InputPlace OpenString() const;
  absl::Status Malformed(simdjson::error_code error);
  // `what` is the name of a field, or words such as "the line".
  absl::Status Wrong(const InputPlace& place, absl::string_view what, absl::string_view wanted);

  // Calls `take(name, value)` for every field that is not null.
  template <typename Take>
  absl::Status EachField(ondemand::value value, absl::string_view what, Take take,
                         absl::string_view wanted = "an object");
  // Calls `take(element)` for every element of a list.
  template <typename Take>
  absl::Status EachElement(ondemand::value value, absl::string_view what, Take take);
  // Reads an element by `read`; what is wrong with it rejects it and leaves the line going.
  template <typename Input>
  absl::Status Collect(ondemand::value value, std::vector<Found<Input>>* found,
                       absl::Status (Line::*read)(ondemand::value, Input*));

  absl::Status ReadString(ondemand::value value, absl::string_view field, std::string* out);
  absl::Status ReadInteger(ondemand::value value, absl::string_view field, int32_t* out);
  absl::Status ReadTime(ondemand::value value, absl::string_view field, ValidEnd* out);
  absl::Status ReadPublished(ondemand::value value, Value* out);
  absl::Status ReadSpan(ondemand::value value, EvidenceInput* evidence);
  absl::Status ReadName(ondemand::value value, EntityName* name);
  absl::Status ReadNames(ondemand::value value, std::vector<EntityName>* names);
  absl::Status ReadProperties(ondemand::value value, std::vector<MapEntry>* properties);
  absl::Status ReadArticle(ondemand::value value, ArticleInput* article);
  absl::Status ReadEntity(ondemand::value value, EntityInput* entity);
  absl::Status ReadClaim(ondemand::value value, ClaimInput* claim);
  absl::Status Unknown(absl::string_view object, absl::string_view field);

  absl::Status HandOver();

  State& state_;
  const size_t size_;
  const InputPlace place_;
  ondemand::document document_;
  bool opened_ = false;  // before, the document has no location
  bool malformed_ = false;
  bool has_part_ = false;    // one of the fields that a line is made of
  size_t counted_ = 0;       // bytes of the line
  uint64_t characters_ = 0;  // in them
  InputPlace problem_;       // of the last Malformed or Wrong
  std::optional<Found<ArticleInput>> article_;
  std::vector<Found<EntityInput>> entities_;
  std::vector<Found<ClaimInput>> claims_;
  std::vector<Rejection> rejections_;
};

InputPlace ClaimsFormat::Line::Here() {
  InputPlace place = place_;
  const char* at = nullptr;
  if (!opened_ || document_.current_location().get(at) != simdjson::SUCCESS) return place;
  const char* begin = state_.padded.data();
  const size_t offset = std::min(static_cast<size_t>(at - begin), size_);
  // Lines can be long and places many, so count on from the last one.
  if (offset < counted_) counted_ = characters_ = 0;
  characters_ += static_cast<uint64_t>(
      std::count_if(begin + counted_, begin + offset, [](char c) { return (c & 0xC0) != 0x80; }));
  counted_ = offset;
  place.column = 1 + characters_;
  return place;
}

InputPlace ClaimsFormat::Line::OpenString() const {
  InputPlace place = place_;
  bool in_string = false;
  uint64_t column = 0;
  for (size_t i = 0; i < size_; ++i) {
    const char c = state_.padded[i];
    column += (c & 0xC0) != 0x80;
    if (c == '"') {
      in_string = !in_string;
      place.column = column;
    } else if (c == '\\' && in_string) {
      ++i;
      ++column;
    }
  }
  return place;
}

absl::Status ClaimsFormat::Line::Malformed(simdjson::error_code error) {
  malformed_ = true;
  if (error == simdjson::UTF8_ERROR) {
    problem_ = FindBrokenUtf8({state_.padded.data(), size_}, place_).value_or(place_);
    return absl::InvalidArgumentError(kBrokenUtf8);
  }
  problem_ = error == simdjson::UNCLOSED_STRING ? OpenString() : Here();
  return absl::InvalidArgumentError(
      absl::StrCat("not valid JSON: ", simdjson::error_message(error)));
}

absl::Status ClaimsFormat::Line::Wrong(const InputPlace& place, absl::string_view what,
                                       absl::string_view wanted) {
  problem_ = place;
  const absl::string_view quote = absl::StrContains(what, ' ') ? "" : "'";
  return absl::InvalidArgumentError(absl::StrCat(quote, what, quote, " must be ", wanted));
}

absl::Status ClaimsFormat::Line::Unknown(absl::string_view object, absl::string_view field) {
  ++state_.unknown_fields[absl::StrCat(object, ".", field)];
  return absl::OkStatus();
}

template <typename Take>
absl::Status ClaimsFormat::Line::EachField(ondemand::value value, absl::string_view what, Take take,
                                           absl::string_view wanted) {
  ondemand::object object;
  if (auto error = value.get_object().get(object)) {
    return error == simdjson::INCORRECT_TYPE ? Wrong(Here(), what, wanted) : Malformed(error);
  }
  for (auto entry : object) {
    ondemand::field field;
    if (auto error = std::move(entry).get(field)) return Malformed(error);
    std::string_view name;
    if (auto error = field.unescaped_key().get(name)) return Malformed(error);
    ondemand::value inner = field.value();
    bool is_null = false;
    if (auto error = inner.is_null().get(is_null)) return Malformed(error);
    if (!is_null) RETURN_IF_ERROR(take(std::string(name), inner));
  }
  return absl::OkStatus();
}

template <typename Take>
absl::Status ClaimsFormat::Line::EachElement(ondemand::value value, absl::string_view what,
                                             Take take) {
  ondemand::array array;
  if (auto error = value.get_array().get(array)) {
    return error == simdjson::INCORRECT_TYPE ? Wrong(Here(), what, "a list") : Malformed(error);
  }
  for (auto entry : array) {
    ondemand::value element;
    if (auto error = std::move(entry).get(element)) return Malformed(error);
    RETURN_IF_ERROR(take(element));
  }
  return absl::OkStatus();
}

template <typename Input>
absl::Status ClaimsFormat::Line::Collect(ondemand::value value, std::vector<Found<Input>>* found,
                                         absl::Status (Line::*read)(ondemand::value, Input*)) {
  Found<Input> next;
  next.place = Here();
  const absl::Status status = (this->*read)(value, &next.input);
  if (status.ok()) {
    found->push_back(std::move(next));
  } else if (malformed_) {
    return status;
  } else {
    rejections_.push_back({problem_, std::string(status.message())});
  }
  return absl::OkStatus();
}

absl::Status ClaimsFormat::Line::ReadString(ondemand::value value, absl::string_view field,
                                            std::string* out) {
  std::string_view text;
  if (auto error = value.get_string().get(text)) {
    return error == simdjson::INCORRECT_TYPE ? Wrong(Here(), field, "a string") : Malformed(error);
  }
  out->assign(text);
  return absl::OkStatus();
}

absl::Status ClaimsFormat::Line::ReadInteger(ondemand::value value, absl::string_view field,
                                             int32_t* out) {
  constexpr absl::string_view kWanted = "a whole number from 0 to 2147483647";
  const InputPlace here = Here();
  int64_t number = 0;
  if (auto error = value.get_int64().get(number)) {
    const bool other = error == simdjson::INCORRECT_TYPE || error == simdjson::NUMBER_ERROR;
    return other ? Wrong(here, field, kWanted) : Malformed(error);
  }
  if (number < 0 || number > std::numeric_limits<int32_t>::max()) {
    return Wrong(here, field, kWanted);
  }
  *out = static_cast<int32_t>(number);
  return absl::OkStatus();
}

absl::Status ClaimsFormat::Line::ReadTime(ondemand::value value, absl::string_view field,
                                          ValidEnd* out) {
  const InputPlace here = Here();
  std::string text;
  RETURN_IF_ERROR(ReadString(value, field, &text));
  absl::StatusOr<ValidEnd> end = ParseValidEnd(text);
  if (!end.ok()) {
    problem_ = here;
    return absl::InvalidArgumentError(
        absl::StrCat("'", field, "': ", std::string(end.status().message())));
  }
  *out = *std::move(end);
  return absl::OkStatus();
}

absl::Status ClaimsFormat::Line::ReadPublished(ondemand::value value, Value* out) {
  const InputPlace here = Here();
  std::string text;
  RETURN_IF_ERROR(ReadString(value, "published", &text));
  *out = Value::String(std::move(text));
  if (PublishedInstant(*out).has_value()) return absl::OkStatus();
  return Wrong(here, "published", "a date such as 2024-06-18 or 2024-06-18T12:00:00Z");
}

absl::Status ClaimsFormat::Line::ReadSpan(ondemand::value value, EvidenceInput* evidence) {
  const InputPlace here = Here();
  std::vector<int32_t> ends;
  RETURN_IF_ERROR(EachElement(value, "span", [&](ondemand::value element) {
    ends.push_back(0);
    return ReadInteger(element, "each end of 'span'", &ends.back());
  }));
  if (ends.size() != 2 || ends[0] > ends[1]) {
    return Wrong(here, "span", "two whole numbers [begin, end), and end not below begin");
  }
  evidence->span_begin = ends[0];
  evidence->span_end = ends[1];
  return absl::OkStatus();
}

// "Burma", or {"name": "Burma", "from": "1948", "to": "1989-06-18"}
absl::Status ClaimsFormat::Line::ReadName(ondemand::value value, EntityName* name) {
  const InputPlace here = Here();
  ondemand::json_type type;
  if (auto error = value.type().get(type)) return Malformed(error);
  if (type != ondemand::json_type::object) {
    return ReadString(value, "each of 'names'", &name->text);
  }
  std::string from;
  std::string to;
  RETURN_IF_ERROR(EachField(value, "names", [&](std::string field, ondemand::value inner) {
    if (field == "name") return ReadString(inner, field, &name->text);
    if (field == "script") return ReadString(inner, field, &name->script);
    if (field == "from") return ReadString(inner, field, &from);
    if (field == "to") return ReadString(inner, field, &to);
    return Unknown("name", field);
  }));
  if (name->text.empty()) return Wrong(here, "each of 'names'", "a string or have a 'name'");
  const absl::Status period = SetPeriod(from, to, name);
  if (!period.ok()) problem_ = here;
  return period;
}

// {"de": ["Nordkorea"], "en": "North Korea"}
absl::Status ClaimsFormat::Line::ReadNames(ondemand::value value, std::vector<EntityName>* names) {
  return EachField(value, "names", [&](std::string language, ondemand::value texts) {
    const auto add = [&](ondemand::value element) {
      EntityName name;
      name.language = language;
      RETURN_IF_ERROR(ReadName(element, &name));
      names->push_back(std::move(name));
      return absl::OkStatus();
    };
    ondemand::json_type type;
    if (auto error = texts.type().get(type)) return Malformed(error);
    return type == ondemand::json_type::array ? EachElement(texts, "names", add) : add(texts);
  });
}

absl::Status ClaimsFormat::Line::ReadProperties(ondemand::value value,
                                                std::vector<MapEntry>* properties) {
  return EachField(value, "properties", [&](std::string name, ondemand::value inner) {
    const InputPlace here = Here();
    std::string_view json;
    if (auto error = simdjson::to_json_string(inner).get(json)) return Malformed(error);
    absl::StatusOr<Value> parsed = ParseJson(ToAbsl(json));
    if (!parsed.ok()) {
      problem_ = here;
      return absl::InvalidArgumentError(
          absl::StrCat("the value of the property '", name, "': ", parsed.status().message()));
    }
    properties->emplace_back(std::move(name), *std::move(parsed));
    return absl::OkStatus();
  });
}

absl::Status ClaimsFormat::Line::ReadArticle(ondemand::value value, ArticleInput* article) {
  return EachField(value, "article", [&](std::string field, ondemand::value inner) {
    if (field == "key") return ReadString(inner, field, &article->key);
    if (field == "url") return ReadString(inner, field, &article->url);
    if (field == "title") return ReadString(inner, field, &article->title);
    if (field == "publisher") return ReadString(inner, field, &article->publisher);
    if (field == "language") return ReadString(inner, field, &article->language);
    if (field == "copy_of") return ReadString(inner, field, &article->copy_of);
    if (field == "properties") return ReadProperties(inner, &article->properties);
    if (field == "published") return ReadPublished(inner, &article->published);
    return Unknown("article", field);
  });
}

absl::Status ClaimsFormat::Line::ReadEntity(ondemand::value value, EntityInput* entity) {
  return EachField(value, "each of 'entities'", [&](std::string field, ondemand::value inner) {
    if (field == "key") return ReadString(inner, field, &entity->key);
    if (field == "name") return ReadString(inner, field, &entity->name);
    if (field == "names") return ReadNames(inner, &entity->names);
    if (field == "properties") return ReadProperties(inner, &entity->properties);
    if (field == "labels") {
      return EachElement(inner, field, [&](ondemand::value label) {
        return ReadString(label, "each of 'labels'", &entity->labels.emplace_back());
      });
    }
    return Unknown("entity", field);
  });
}

absl::Status ClaimsFormat::Line::ReadClaim(ondemand::value value, ClaimInput* claim) {
  EvidenceInput& evidence = claim->evidence;
  return EachField(value, "each of 'claims'", [&](std::string field, ondemand::value inner) {
    if (field == "subject") return ReadString(inner, field, &claim->subject);
    if (field == "type") return ReadString(inner, field, &claim->type);
    if (field == "object") return ReadString(inner, field, &claim->object);
    if (field == "valid_from") return ReadTime(inner, field, &claim->valid_from);
    if (field == "valid_to") return ReadTime(inner, field, &claim->valid_to);
    if (field == "asserted_by") return ReadString(inner, field, &claim->asserted_by);
    if (field == "sentence") return ReadInteger(inner, field, &evidence.sentence);
    if (field == "span") return ReadSpan(inner, &evidence);
    if (field == "quote") return ReadString(inner, field, &evidence.quote);
    if (field == "properties") return ReadProperties(inner, &claim->properties);
    if (field == "confidence") {
      const InputPlace here = Here();
      const bool is_number = inner.get_double().get(evidence.confidence) == simdjson::SUCCESS;
      if (is_number && evidence.confidence >= 0 && evidence.confidence <= 1) {
        return absl::OkStatus();
      }
      return Wrong(here, field, "a number from 0 to 1");
    }
    if (field == "stance") {
      const InputPlace here = Here();
      std::string name;
      RETURN_IF_ERROR(ReadString(inner, field, &name));
      const std::optional<Stance> stance = StanceNamed(name);
      if (!stance.has_value()) return Wrong(here, field, "affirms, reports or denies");
      evidence.stance = *stance;
      return absl::OkStatus();
    }
    return Unknown("claim", field);
  });
}

absl::Status ClaimsFormat::Line::Read() {
  const simdjson::padded_string_view json(state_.padded.data(), size_, state_.padded.size());
  absl::Status status;
  if (auto error = state_.parser.iterate(json).get(document_)) {
    status = Malformed(error);
  } else {
    opened_ = true;
    const InputPlace begin = Here();
    ondemand::value root;
    if (auto value_error = document_.get_value().get(root)) {
      status = value_error == simdjson::SCALAR_DOCUMENT_AS_VALUE
                   ? Wrong(Here(), "the line", kLineShape)
                   : Malformed(value_error);
    } else {
      status = EachField(
          root, "the line",
          [&](std::string field, ondemand::value inner) {
            has_part_ = has_part_ || field == "article" || field == "entities" || field == "claims";
            if (field == "article") {
              Found<ArticleInput> article;
              article.place = Here();
              RETURN_IF_ERROR(ReadArticle(inner, &article.input));
              article_ = std::move(article);
              return absl::OkStatus();
            }
            if (field == "entities") {
              return EachElement(inner, field, [&](ondemand::value element) {
                return Collect(element, &entities_, &Line::ReadEntity);
              });
            }
            if (field == "claims") {
              return EachElement(inner, field, [&](ondemand::value element) {
                return Collect(element, &claims_, &Line::ReadClaim);
              });
            }
            return Unknown("line", field);
          },
          kLineShape);
      const char* rest = nullptr;
      if (status.ok() && document_.current_location().get(rest) == simdjson::SUCCESS) {
        status = Malformed(simdjson::TRAILING_CONTENT);
      }
      if (status.ok() && !has_part_) {
        problem_ = begin;
        status =
            absl::InvalidArgumentError("the line has none of 'article', 'entities' and 'claims'");
      }
    }
  }
  if (!status.ok()) return state_.input.Reject(problem_, std::string(status.message()));
  return HandOver();
}

absl::Status ClaimsFormat::Line::HandOver() {
  for (const Rejection& rejection : rejections_) {
    RETURN_IF_ERROR(state_.input.Reject(rejection.place, rejection.reason));
  }
  for (Found<EntityInput>& entity : entities_) {
    RETURN_IF_ERROR(state_.input.AddEntity(std::move(entity.input), entity.place));
  }
  std::string key;
  if (article_.has_value()) {
    key = article_->input.key.empty() ? article_->input.url : article_->input.key;
    RETURN_IF_ERROR(state_.input.AddArticle(std::move(article_->input), article_->place));
  }
  for (Found<ClaimInput>& claim : claims_) {
    if (key.empty()) {
      RETURN_IF_ERROR(state_.input.Reject(claim.place, "the claim's line names no article"));
      continue;
    }
    claim.input.article = key;
    RETURN_IF_ERROR(state_.input.AddClaim(std::move(claim.input), claim.place));
  }
  return absl::OkStatus();
}

ClaimsFormat::ClaimsFormat(LoadInput& input) : state_(std::make_unique<State>(input)) {}

ClaimsFormat::~ClaimsFormat() = default;

absl::Status ClaimsFormat::ReadLine(absl::string_view line, const InputPlace& place) {
  if (absl::StripAsciiWhitespace(line).empty()) return absl::OkStatus();
  state_->padded.assign(line.data(), line.size());
  state_->padded.append(simdjson::SIMDJSON_PADDING, '\0');
  return Line(*state_, line.size(), place).Read();
}

std::map<std::string, uint64_t> ClaimsFormat::UnknownFields() const {
  return state_->unknown_fields;
}

bool LooksLikeClaims(absl::string_view head) {
  head = absl::StripLeadingAsciiWhitespace(head);
  return !head.empty() && head.front() == '{';
}

}  // namespace entente::tools
