#include "tools/row_format.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "engine/terminal_width.h"
#include "engine/value_json.h"
#include "engine/value_text.h"
#include "tools/csv_row.h"

namespace entente::tools {
namespace {

// Widths are found from the first rows; later ones are cut to them, so that a result of any length
// can be written without being held.
constexpr size_t kRowsForWidths = 1000;
constexpr size_t kNarrowest = 6;
constexpr absl::string_view kGap = "  ";

// A string, a date and the like stand as they are; what is nested is written as in the language.
std::string PlainText(const Value& value) {
  if (value.is_string()) return std::string(value.string());
  return value.is_temporal() || value.is_duration() ? TemporalText(value) : ValueText(value);
}

// Control characters would move the cursor, or worse, so they show as pictures.
std::string OnOneLine(absl::string_view text) {
  std::string line;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const bool second_set = c == 0xC2 && i + 1 < text.size() &&
                            static_cast<unsigned char>(text[i + 1]) < 0xA0;  // U+0080 … U+009F
    if (c == '\n') {
      line += "↵";
    } else if (c == '\t') {
      line += ' ';
    } else if (c < 0x20) {
      line += {'\xE2', '\x90', static_cast<char>(0x80 + c)};  // U+2400 …
    } else if (c == 0x7F) {
      line += "␡";
    } else if (second_set) {
      line += "�";
      ++i;
    } else {
      line += text[i];
    }
  }
  return line;
}

class TableFormat : public RowFormat {
 public:
  TableFormat(std::ostream& out, size_t width) : out_(out), width_(width) {}

  void Begin(const std::vector<std::string>& columns) override {
    Line header;
    for (const std::string& column : columns) header.cells.push_back(OnOneLine(column));
    header.right.resize(columns.size(), false);
    rows_.push_back(std::move(header));
  }

  void Add(const Row& row) override {
    Line line;
    for (const Value& value : row) {
      line.cells.push_back(value.is_null() ? "" : OnOneLine(PlainText(value)));
      line.right.push_back(value.is_number());
      line.text.push_back(value.is_string() || value.is_list() || value.is_map() ||
                          value.is_node() || value.is_relationship() || value.is_path());
    }
    if (widths_.empty()) {
      rows_.push_back(std::move(line));
      if (rows_.size() > kRowsForWidths) Settle();
    } else {
      Print(line);
    }
  }

  void End() override {
    if (widths_.empty()) Settle();
  }

 private:
  struct Line {
    std::vector<std::string> cells;
    std::vector<bool> right;  // numbers stand on the right
    std::vector<bool> text;   // what may be cut first
  };

  // Finds the widths and prints what has waited for them.
  void Settle() {
    for (const Line& line : rows_) {
      widths_.resize(std::max(widths_.size(), line.cells.size()));
      text_.resize(widths_.size(), false);
      for (size_t i = 0; i < line.text.size(); ++i) text_[i] = text_[i] || line.text[i];
      for (size_t i = 0; i < line.cells.size(); ++i) {
        widths_[i] = std::max({widths_[i], TerminalWidth(line.cells[i]), size_t{1}});
      }
    }
    Shrink();
    Print(rows_.front());
    for (size_t i = 0; i < widths_.size(); ++i) {
      if (i > 0) out_ << kGap;
      for (size_t j = 0; j < widths_[i]; ++j) out_ << "─";
    }
    if (!widths_.empty()) out_ << '\n';
    for (size_t i = 1; i < rows_.size(); ++i) Print(rows_[i]);
    rows_.clear();
  }

  // Takes from the widest columns until the table fits; numbers and dates, which say nothing when
  // they are cut, give way last.
  void Shrink() {
    if (width_ == 0 || widths_.empty()) return;
    const size_t gaps = kGap.size() * (widths_.size() - 1);
    for (const bool all : {false, true}) {
      while (std::accumulate(widths_.begin(), widths_.end(), gaps) > width_) {
        size_t* widest = nullptr;
        for (size_t i = 0; i < widths_.size(); ++i) {
          if (!all && !text_[i]) continue;
          if (widest == nullptr || widths_[i] > *widest) widest = &widths_[i];
        }
        if (widest == nullptr || *widest <= kNarrowest) break;
        --*widest;
      }
    }
  }

  void Print(const Line& line) {
    std::string text;
    for (size_t i = 0; i < line.cells.size(); ++i) {
      if (i > 0) text.append(kGap.data(), kGap.size());
      absl::string_view cell = line.cells[i];
      std::string cut;
      size_t width = TerminalWidth(cell);
      if (width > widths_[i]) {
        cut = absl::StrCat(cell.substr(0, PrefixOfWidth(cell, widths_[i] - 1)), "…");
        cell = cut;
        width = TerminalWidth(cell);
      }
      const std::string padding(widths_[i] - width, ' ');
      if (line.right[i]) absl::StrAppend(&text, padding, cell);
      if (!line.right[i]) absl::StrAppend(&text, cell, padding);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out_ << text << '\n';
  }

  std::ostream& out_;
  const size_t width_;
  std::vector<Line> rows_;  // the header first, until the widths are known
  std::vector<size_t> widths_;
  std::vector<bool> text_;
};

// RFC 4180; null is an empty field, nested values are JSON.
class CsvFormat : public RowFormat {
 public:
  explicit CsvFormat(std::ostream& out) : out_(out) {}

  void Begin(const std::vector<std::string>& columns) override { Print(columns); }

  void Add(const Row& row) override {
    std::vector<std::string> cells;
    for (const Value& value : row) {
      const bool nested = value.is_list() || value.is_map() || value.is_node() ||
                          value.is_relationship() || value.is_path();
      cells.push_back(value.is_null() ? "" : nested ? ToJson(value) : PlainText(value));
    }
    Print(cells);
  }

  void End() override {}

 private:
  void Print(const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out_ << ',';
      // A lone empty cell is quoted, else its row would be an empty line.
      out_ << (cells.size() == 1 && cells[i].empty() ? "\"\"" : CsvField(cells[i]));
    }
    if (!cells.empty()) out_ << "\r\n";
  }

  std::ostream& out_;
};

// One object a row; with `array` they stand in a list.
class JsonFormat : public RowFormat {
 public:
  JsonFormat(std::ostream& out, bool array) : out_(out), array_(array) {}

  void Begin(const std::vector<std::string>& columns) override {
    names_.clear();
    for (const std::string& column : columns) names_.push_back(ToJson(Value::String(column)));
    if (array_) out_ << '[';
  }

  void Add(const Row& row) override {
    if (array_) out_ << (first_ ? "\n" : ",\n");
    first_ = false;
    out_ << '{';
    for (size_t i = 0; i < row.size(); ++i) {
      out_ << (i > 0 ? "," : "") << names_[i] << ':' << ToJson(row[i]);
    }
    out_ << (array_ ? "}" : "}\n");
  }

  void End() override {
    if (array_) out_ << (first_ ? "]\n" : "\n]\n");
    first_ = true;
  }

 private:
  std::ostream& out_;
  const bool array_;
  std::vector<std::string> names_;  // as JSON strings
  bool first_ = true;
};

constexpr absl::string_view kNames[] = {"table", "csv", "json", "jsonl"};

}  // namespace

absl::Span<const absl::string_view> RowFormatNames() { return kNames; }

std::unique_ptr<RowFormat> MakeRowFormat(absl::string_view name, std::ostream& out, size_t width) {
  if (name == "table") return std::make_unique<TableFormat>(out, width);
  if (name == "csv") return std::make_unique<CsvFormat>(out);
  if (name == "json") return std::make_unique<JsonFormat>(out, /*array=*/true);
  if (name == "jsonl") return std::make_unique<JsonFormat>(out, /*array=*/false);
  return nullptr;
}

}  // namespace entente::tools
