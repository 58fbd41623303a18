#include "tools/row_format.h"

#include <algorithm>

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
// What a table leaves whole: texts of this width, and of lists and the like the beginning. Narrower
// columns would say nothing.
constexpr size_t kWholeText = 20;
constexpr size_t kWholeNested = 10;
constexpr absl::string_view kGap = "  ";

// A string, a date and the like stand as they are; what is nested is written as in the language.
std::string PlainText(const Value& value) {
  if (value.is_string()) return std::string(value.string());
  return value.is_temporal() || value.is_duration() ? TemporalText(value) : ValueText(value);
}

bool IsNested(const Value& value) {
  return value.is_list() || value.is_map() || value.is_node() || value.is_relationship() ||
         value.is_path();
}

// Columns side by side, or one value a line where the terminal is too narrow for that.
class TableFormat : public RowFormat {
 public:
  TableFormat(std::ostream& out, size_t width) : out_(out), width_(width) {}

  void Begin(const std::vector<std::string>& columns) override {
    for (const std::string& column : columns) {
      columns_.push_back({OnOneLine(column)});
    }
  }

  void Add(const Row& row) override {
    Line line;
    for (const Value& value : row) {
      line.cells.push_back(value.is_null() ? "" : OnOneLine(PlainText(value)));
      line.right.push_back(value.is_number());
    }
    if (settled_) return Print(line);
    for (size_t i = 0; i < row.size(); ++i) {
      Column& column = columns_[i];
      column.cells = std::max(column.cells, TerminalWidth(line.cells[i]));
      column.is_text = column.is_text || row[i].is_string();
      column.is_nested = column.is_nested || IsNested(row[i]);
    }
    rows_.push_back(std::move(line));
    if (rows_.size() == kRowsForWidths) Settle();
  }

  void End() override {
    if (!settled_) Settle();
  }

 private:
  struct Column {
    std::string header;
    size_t cells = 0;  // the width of the widest
    bool is_text = false;
    bool is_nested = false;
    size_t width = 0;  // as it is written
  };
  struct Line {
    std::vector<std::string> cells;
    std::vector<bool> right;  // numbers stand on the right
  };

  // Finds the widths and prints what has waited for them.
  void Settle() {
    settled_ = true;
    for (Column& column : columns_) {
      column.width = std::max({column.cells, TerminalWidth(column.header), size_t{1}});
      header_width_ = std::max(header_width_, TerminalWidth(column.header));
    }
    vertical_ = !Shrink();
    if (!vertical_) PrintHeader();
    for (const Line& line : rows_) Print(line);
    rows_.clear();
  }

  // What a column may not fall below: numbers and dates say nothing when they are cut, and neither
  // do short names.
  static size_t Narrowest(const Column& column) {
    const size_t header = std::min(TerminalWidth(column.header), kWholeText);
    if (column.is_nested) return std::min(column.width, kWholeNested);
    if (column.is_text) return std::min(column.width, kWholeText);
    return std::max({column.cells, header, size_t{1}});
  }

  // Takes from the widest columns until the table fits; false when it cannot.
  bool Shrink() {
    if (width_ == 0 || columns_.empty()) return true;
    size_t sum = kGap.size() * (columns_.size() - 1);
    for (const Column& column : columns_) sum += column.width;
    while (sum > width_) {
      Column* widest = nullptr;
      for (Column& column : columns_) {
        if (column.width <= Narrowest(column)) continue;
        if (widest == nullptr || column.width > widest->width) widest = &column;
      }
      if (widest == nullptr) return false;
      --widest->width;
      --sum;
    }
    return true;
  }

  void PrintHeader() {
    Line header;
    for (const Column& column : columns_) header.cells.push_back(column.header);
    header.right.resize(columns_.size(), false);
    PrintAcross(header);
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out_ << kGap;
      for (size_t j = 0; j < columns_[i].width; ++j) out_ << "─";
    }
    if (!columns_.empty()) out_ << '\n';
  }

  void Print(const Line& line) {
    if (vertical_) {
      PrintDown(line);
    } else {
      PrintAcross(line);
    }
  }

  // A value a line, all of it; an empty line between rows.
  void PrintDown(const Line& line) {
    if (!first_) out_ << '\n';
    first_ = false;
    for (size_t i = 0; i < line.cells.size(); ++i) {
      const std::string padding(header_width_ - TerminalWidth(columns_[i].header), ' ');
      out_ << columns_[i].header << padding << (line.cells[i].empty() ? " |" : " | ")
           << line.cells[i] << '\n';
    }
  }

  void PrintAcross(const Line& line) {
    std::string text;
    for (size_t i = 0; i < line.cells.size(); ++i) {
      if (i > 0) text.append(kGap.data(), kGap.size());
      absl::string_view cell = line.cells[i];
      std::string cut;
      size_t width = TerminalWidth(cell);
      if (width > columns_[i].width) {
        cut = absl::StrCat(cell.substr(0, PrefixOfWidth(cell, columns_[i].width - 1)), "…");
        cell = cut;
        width = TerminalWidth(cell);
      }
      const std::string padding(columns_[i].width - width, ' ');
      if (line.right[i]) absl::StrAppend(&text, padding, cell);
      if (!line.right[i]) absl::StrAppend(&text, cell, padding);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out_ << text << '\n';
  }

  std::ostream& out_;
  const size_t width_;
  std::vector<Column> columns_;
  std::vector<Line> rows_;  // until the widths are known
  bool settled_ = false;
  bool vertical_ = false;
  bool first_ = true;
  size_t header_width_ = 0;  // of the widest header
};

// RFC 4180; null is an empty field, nested values are JSON.
class CsvFormat : public RowFormat {
 public:
  explicit CsvFormat(std::ostream& out) : out_(out) {}

  void Begin(const std::vector<std::string>& columns) override { Print(columns); }

  void Add(const Row& row) override {
    std::vector<std::string> cells;
    for (const Value& value : row) {
      cells.push_back(value.is_null() ? "" : IsNested(value) ? ToJson(value) : PlainText(value));
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

absl::Span<const absl::string_view> RowFormatNames() { return kNames; }

std::unique_ptr<RowFormat> MakeRowFormat(absl::string_view name, std::ostream& out, size_t width) {
  if (name == "table") return std::make_unique<TableFormat>(out, width);
  if (name == "csv") return std::make_unique<CsvFormat>(out);
  if (name == "json") return std::make_unique<JsonFormat>(out, /*array=*/true);
  if (name == "jsonl") return std::make_unique<JsonFormat>(out, /*array=*/false);
  return nullptr;
}

}  // namespace entente::tools
