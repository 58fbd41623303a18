// NodeLoad: articles.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/built_in.h"
#include "engine/bulk_loader.h"
#include "engine/counters.h"
#include "engine/load_nodes.h"
#include "engine/names.h"
#include "engine/status.h"
#include "engine/value_codec.h"
#include "storage/article_load.h"
#include "storage/dictionary.h"
#include "storage/keys.h"
#include "storage/nodes.h"
#include "storage/provenance.h"
#include "storage/publisher_articles.h"
#include "storage/row_sorter.h"
#include "storage/transaction.h"

namespace entente {
namespace {

// One node that leads to another.
struct Link {
  NodeId from;
  NodeId to;
};
struct LinkOrder {
  static uint64_t Major(const Link& link) { return link.from; }
  static bool Less(const Link& a, const Link& b) {
    return a.from != b.from ? a.from < b.from : a.to < b.to;
  }
};

// A key and a number in the order of keys. The text stays where it is.
struct KeyRow {
  uint64_t major;
  const char* text;
  uint64_t size;
  NodeId node;

  absl::string_view key() const { return absl::string_view(text, size); }
};
struct KeyOrder {
  static uint64_t Major(const KeyRow& row) { return row.major; }
  static bool Less(const KeyRow& a, const KeyRow& b) {
    return a.major != b.major ? a.major < b.major : a.key() < b.key();
  }
};

uint64_t BigEndian(absl::string_view bytes) {
  uint64_t v = 0;
  for (size_t i = 0; i < sizeof(v); ++i) {
    v = v << 8 | (i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0);
  }
  return v;
}

// What most keys begin with ("story:", "https://www.") tells nothing of their order: a number says
// whether the key comes before, among or behind those, and then how it goes on.
uint64_t MajorOfKey(absl::string_view key, absl::string_view usual_prefix) {
  constexpr int kSideBits = 2;
  const int side = key.substr(0, usual_prefix.size()).compare(usual_prefix);
  const uint64_t bits = side < 0 ? 0 : side == 0 ? 1 : 2;
  if (side == 0) key.remove_prefix(usual_prefix.size());
  return bits << (64 - kSideBits) | BigEndian(key) >> kSideBits;
}

void Replace(std::string& stored, std::string&& given) {
  if (!given.empty()) stored = std::move(given);
}

// Two records of one article: the later one's values replace, as they would if the first had been
// stored already.
void Unite(ArticleInput& stored, ArticleInput&& given) {
  Replace(stored.url, std::move(given.url));
  Replace(stored.title, std::move(given.title));
  Replace(stored.publisher, std::move(given.publisher));
  Replace(stored.language, std::move(given.language));
  Replace(stored.copy_of, std::move(given.copy_of));
  if (!given.published.is_null()) stored.published = std::move(given.published);
  for (MapEntry& entry : given.properties) {
    const auto same =
        std::find_if(stored.properties.begin(), stored.properties.end(),
                     [&](const MapEntry& other) { return other.first == entry.first; });
    if (same == stored.properties.end()) {
      stored.properties.push_back(std::move(entry));
    } else {
      same->second = std::move(entry.second);
    }
  }
}

}  // namespace

template <typename Visit>
absl::Status NodeLoad::EachArticleRow(const Visit& visit) {
  uint64_t number = 0;
  for (LoadInput* input : context_.inputs) {
    storage::RowLog<ArticleRow>::Reader rows(input->articles_);
    ArticleRow row;
    for (; rows.Next(&row); ++number) {
      if (const ArticleRow* const later = rows.Ahead(kRowsAhead)) PrefetchKey(later->key);
      const auto united =
          united_articles_.empty() ? united_articles_.end() : united_articles_.find(number);
      RETURN_IF_ERROR(
          visit(number, united == united_articles_.end() ? row : united->second.first, *input));
    }
    RETURN_IF_ERROR(rows.status());
  }
  return absl::OkStatus();
}

ArticleInput NodeLoad::ArticleOf(absl::string_view payload) const {
  ArticleInput article;
  for (auto& [name, value] : EntriesOf(payload)) {
    const auto text = [&value = value] { return std::string(value.string()); };
    if (name == kBuiltInProperties[kKeyProperty]) {
      article.key = text();
    } else if (name == kBuiltInProperties[kUrlProperty]) {
      article.url = text();
    } else if (name == kBuiltInProperties[kTitleProperty]) {
      article.title = text();
    } else if (name == kBuiltInProperties[kPublisherProperty]) {
      article.publisher = text();
    } else if (name == kBuiltInProperties[kLanguageProperty]) {
      article.language = text();
    } else if (name == kBuiltInProperties[kCopyOfProperty]) {
      article.copy_of = text();
    } else if (name == kBuiltInProperties[kPublishedProperty]) {
      article.published = std::move(value);
    } else {
      article.properties.emplace_back(std::move(name), std::move(value));
    }
  }
  return article;
}

absl::Status NodeLoad::UniteArticles(uint64_t first, const ArticleRow& row, LoadInput& input) {
  std::string scratch;
  ASSIGN_OR_RETURN(const absl::string_view given, input.payloads_.Read(row.payload, &scratch));
  const auto united = united_articles_.find(first);
  std::string stored;
  if (united != united_articles_.end()) {
    stored = united->second.second;
  } else {
    uint64_t before = first;
    size_t at = 0;
    while (before >= context_.inputs[at]->articles_.size()) {
      before -= context_.inputs[at++]->articles_.size();
    }
    std::string row_scratch;
    ASSIGN_OR_RETURN(const ArticleRow first_row, context_.inputs[at]->articles_.Read(before));
    ASSIGN_OR_RETURN(const absl::string_view bytes,
                     context_.inputs[at]->payloads_.Read(first_row.payload, &row_scratch));
    stored = std::string(bytes);
  }
  if (stored == given) return absl::OkStatus();
  ArticleInput all = ArticleOf(stored);
  Unite(all, ArticleOf(given));
  ArticleRow whole;
  std::string payload;
  ASSIGN_OR_RETURN(const std::string wrong, input.MakeArticle(all, &whole, &payload));
  ENTENTE_CHECK(wrong.empty());
  whole.payload = 0;
  whole.place = row.place;
  united_articles_[first] = {whole, std::move(payload)};
  return absl::OkStatus();
}

// Finds rows that speak of one article, and those that are for ClaimWriter.
absl::Status NodeLoad::ChooseWays() {
  article_of_key_.assign(shared_.texts.limit(), kNoArticle);  // for now: numbers of rows
  RETURN_IF_ERROR(EachArticleRow([&](uint64_t number, const ArticleRow& row, LoadInput& input) {
    if (number >= kNoArticle) return absl::ResourceExhaustedError("too many articles for one load");
    uint32_t& first = article_of_key_[row.key];
    ways_.push_back(first == kNoArticle ? Way::kDirect : Way::kNone);
    if (first != kNoArticle) return UniteArticles(first, row, input);
    first = static_cast<uint32_t>(number);
    return absl::OkStatus();
  }));
  std::fill(article_of_key_.begin(), article_of_key_.end(), kNoArticle);
  if (empty_database_) return absl::OkStatus();

  ASSIGN_OR_RETURN(const absl::flat_hash_set<std::string> awaited,
                   storage::AwaitedKeys(graph_.view()));
  RETURN_IF_ERROR(
      EachArticleRow([&](uint64_t number, const ArticleRow& row, LoadInput&) -> absl::Status {
        if (ways_[number] == Way::kNone) return absl::OkStatus();
        const absl::string_view key = shared_.texts.Text(row.key);
        bool is_known = awaited.contains(key);
        if (!is_known) {
          ASSIGN_OR_RETURN(const NodeId node, graph_.FindKey(key));
          is_known = node != kNoId;
        }
        if (is_known) ways_[number] = Way::kWriter;
        return absl::OkStatus();
      }));
  // What ClaimWriter writes may be a copy of what it then has to write, too.
  for (bool found = true; found;) {
    found = false;
    RETURN_IF_ERROR(EachArticleRow([&](uint64_t number, const ArticleRow& row, LoadInput&) {
      if (ways_[number] == Way::kDirect && texts_of_writer_.contains(row.key)) {
        ways_[number] = Way::kWriter;
      }
      if (ways_[number] != Way::kWriter || row.copy_of == kNoText) return absl::OkStatus();
      found = texts_of_writer_.insert(row.copy_of).second || found;
      return absl::OkStatus();
    }));
  }
  return EachArticleRow([&](uint64_t number, const ArticleRow& row, LoadInput&) {
    if (ways_[number] == Way::kWriter && row.publisher != kNoText) {
      texts_of_writer_.insert(row.publisher);
      names_of_writer_.insert(NormalizeName(shared_.texts.Text(row.publisher)));
    }
    return absl::OkStatus();
  });
}

absl::Status NodeLoad::PlaceArticles() {
  const uint64_t total = ways_.size();
  if (std::find(ways_.begin(), ways_.end(), Way::kWriter) != ways_.end()) {
    RETURN_IF_ERROR(EachArticleRow([&](uint64_t number, const ArticleRow& row, LoadInput& input) {
      return ways_[number] == Way::kWriter ? UpsertArticle(number, row, input) : absl::OkStatus();
    }));
  }
  article_keys_.reserve(total);
  original_keys_.reserve(total);
  sources_.reserve(total);
  ASSIGN_OR_RETURN(first_article_, NewArticles(0));
  RETURN_IF_ERROR(
      EachArticleRow([&](uint64_t number, const ArticleRow& row, LoadInput&) -> absl::Status {
        RETURN_IF_ERROR(context_.report(number, total));
        if (ways_[number] != Way::kDirect) return absl::OkStatus();
        const absl::Status accepted = AcceptArticle(row);
        // The ways themselves are read beside this.
        if (!accepted.ok()) refused_articles_.push_back(number);
        return context_.reject_if_bad(row.place, accepted);
      }));
  RETURN_IF_ERROR(FindSources());
  const int64_t count = static_cast<int64_t>(article_keys_.size());
  storage::Transaction& transaction = graph_.transaction();
  RETURN_IF_ERROR(NewArticles(article_keys_.size()).status());
  context_.summary.articles_created += article_keys_.size();
  RETURN_IF_ERROR(transaction.Count(LabelCounter(kArticleLabel), count));
  return transaction.Count(storage::kArticleCount, count);
}

absl::StatusOr<NodeId> NodeLoad::NewArticles(uint64_t count) {
  storage::Transaction& transaction = graph_.transaction();
  return tables_.has_files() ? transaction.NewArticlesOfBlocks(count)
                             : transaction.NewArticles(count);
}

absl::Status NodeLoad::UpsertArticle(uint64_t number, const ArticleRow& row, LoadInput& input) {
  const auto united = united_articles_.find(number);
  std::string scratch;
  absl::string_view payload;
  if (united != united_articles_.end()) {
    payload = united->second.second;
  } else {
    ASSIGN_OR_RETURN(payload, input.payloads_.Read(row.payload, &scratch));
  }
  const absl::StatusOr<ClaimWriter::Upserted> upserted = writer_.UpsertArticle(ArticleOf(payload));
  RETURN_IF_ERROR(context_.reject_if_bad(row.place, upserted.status()));
  if (!upserted.ok()) return absl::OkStatus();
  through_writer_ = true;
  if (upserted->created) {
    ++context_.summary.articles_created;
  } else if (upserted->changed) {
    ++context_.summary.entities_changed;
  }
  return absl::OkStatus();
}

absl::Status NodeLoad::AcceptArticle(const ArticleRow& row) {
  const EntityItem* const direct = DirectEntity(nodes_[row.key]);
  NodeId known = direct != nullptr && direct->key == row.key ? direct->node : kNoId;
  if (known == kNoId && MayBeStored()) {
    ASSIGN_OR_RETURN(known, graph_.FindKey(shared_.texts.Text(row.key)));
  }
  if (known != kNoId) {
    return absl::InvalidArgumentError(
        absl::StrCat("the key '", shared_.texts.Text(row.key), "' is that of an entity"));
  }
  RETURN_IF_ERROR(CheckOriginals(row));
  NodeId publisher = kNoId;
  if (row.publisher != kNoText) {
    ASSIGN_OR_RETURN(publisher, Resolve(row.publisher));
    if (IsArticle(publisher)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the publisher '", shared_.texts.Text(row.publisher), "' is an article"));
    }
    RETURN_IF_ERROR(MarkPublisher(publisher));
  }
  const uint32_t number = static_cast<uint32_t>(article_keys_.size());
  const NodeId node = first_article_ + number;
  article_of_key_[row.key] = number;
  if (nodes_[row.key] == kNoId) nodes_[row.key] = node;
  article_keys_.push_back(row.key);
  original_keys_.push_back(row.copy_of);
  sources_.push_back({publisher == kNoId ? node : publisher, row.published});
  return absl::OkStatus();
}

absl::Status NodeLoad::MarkPublisher(NodeId node) {
  EntityItem* const direct = DirectEntity(node);
  if (direct != nullptr) {
    direct->is_publisher = true;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool known, graph_.HasLabel(node, kPublisherLabel));
  return known ? absl::OkStatus()
               : graph_.AddLabels(node, {std::string(kBuiltInLabels[kPublisherLabel])});
}

// Copies link by key, so the chain upwards is one of keys, whether or not the articles are there.
absl::Status NodeLoad::CheckOriginals(const ArticleRow& row) const {
  for (TextId original = row.copy_of; original != kNoText;) {
    if (original == row.key) return CopyOfItself(shared_.texts.Text(row.copy_of));
    const uint32_t number = article_of_key_[original];
    if (number == kNoArticle) break;
    original = original_keys_[number];
  }
  return absl::OkStatus();
}

// Links copies to their originals, and counts them as the originals' publishers.
absl::Status NodeLoad::FindSources() {
  for (uint32_t copy = 0; copy < original_keys_.size(); ++copy) {
    const TextId key = original_keys_[copy];
    if (key == kNoText) continue;
    NodeId original = kNoId;
    if (article_of_key_[key] != kNoArticle) {
      original = first_article_ + article_of_key_[key];
    } else if (MayBeStored()) {
      ASSIGN_OR_RETURN(original, graph_.FindKey(shared_.texts.Text(key)));
    }
    if (original != kNoId && IsArticle(original)) {
      originals_[copy] = original;
    } else {
      storage::PutAwaiting(graph_.transaction(), shared_.texts.Text(key), first_article_ + copy);
    }
  }
  std::vector<std::pair<uint32_t, NodeId>> sources;
  for (const auto& [copy, original] : originals_) {
    NodeId root = original;
    while (root >= first_article_) {
      const NodeId above = OriginalOf(static_cast<uint32_t>(root - first_article_));
      if (above == kNoId) break;
      root = above;
    }
    ASSIGN_OR_RETURN(const Source source, SourceOf(root));
    sources.emplace_back(copy, source.source);
  }
  for (const auto& [copy, source] : sources) sources_[copy].source = source;
  return absl::OkStatus();
}

NodeId NodeLoad::OriginalOf(uint32_t copy) const {
  if (original_keys_[copy] == kNoText) return kNoId;
  const auto original = originals_.find(copy);
  return original == originals_.end() ? kNoId : original->second;
}

absl::StatusOr<NodeId> NodeLoad::FindArticle(TextId key) {
  if (article_of_key_[key] != kNoArticle) return first_article_ + article_of_key_[key];
  if (MayBeStored()) {
    ASSIGN_OR_RETURN(const NodeId node, graph_.FindKey(shared_.texts.Text(key)));
    if (node != kNoId && IsArticle(node)) return node;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no article with the key '", shared_.texts.Text(key), "'"));
}

absl::StatusOr<NodeLoad::Source> NodeLoad::SourceOf(NodeId article) {
  if (article >= first_article_) return sources_[article - first_article_];
  ASSIGN_OR_RETURN(const EvidenceReader::Origin origin, stored_articles_.OriginOf(article));
  return Source{origin.source, origin.published.value_or(storage::kNoTime)};
}

absl::Status NodeLoad::LearnArticles() {
  storage::ArticleLoad& records = records_.emplace(tables_);
  if (!records.learns()) return absl::OkStatus();
  const uint64_t share = storage::ArticleLoad::SampleShare(ways_.size());
  std::string scratch;
  RETURN_IF_ERROR(EachArticleRow([&](uint64_t number, const ArticleRow& row,
                                     LoadInput& input) -> absl::Status {
    if (number % share != 0 || ways_[number] != Way::kDirect) return absl::OkStatus();
    if (united_articles_.contains(number)) return absl::OkStatus();
    if (shared_.stop) return absl::CancelledError("the load has failed");
    ASSIGN_OR_RETURN(const absl::string_view payload, input.payloads_.Read(row.payload, &scratch));
    if (same_ids_) {
      records.Sample(payload, row.published);
    } else {
      records.Sample(WithCatalogueIds(payload), row.published);
    }
    return absl::OkStatus();
  }));
  return records.Learn(share);
}

absl::Status NodeLoad::WriteArticles() {
  storage::ArticleLoad& records = *records_;
  for (const uint64_t number : refused_articles_) ways_[number] = Way::kNone;
  storage::RowSorter<Link, LinkOrder> publishers(shared_.space, RunBytes());
  storage::NodeRecord record;
  record.labels = {kArticleLabel};
  NodeId node = first_article_;
  uint64_t number = 0;
  for (LoadInput* input : context_.inputs) {
    storage::RowLog<ArticleRow>::Reader rows(input->articles_, /*drop=*/true);
    storage::ByteLog::Reader bytes(input->payloads_);
    ArticleRow row;
    for (; rows.Next(&row); ++number) {
      if (ways_[number] != Way::kDirect) continue;
      if (shared_.stop) return absl::CancelledError("the load has failed");
      const auto united =
          united_articles_.empty() ? united_articles_.end() : united_articles_.find(number);
      absl::string_view payload;
      if (united != united_articles_.end()) {
        row = united->second.first;
        payload = united->second.second;
      } else {
        ASSIGN_OR_RETURN(payload, bytes.Read(row.payload));
      }
      if (same_ids_) {
        record.properties.assign(payload.data(), payload.size());
      } else {
        record.properties = WithCatalogueIds(payload);
      }
      record.publisher = row.publisher == kNoText ? kNoId : nodes_[row.publisher];
      record.published = row.published;
      record.original = OriginalOf(static_cast<uint32_t>(node - first_article_));
      RETURN_IF_ERROR(records.Add(node, record));
      if (indexes_nodes_) RETURN_IF_ERROR(graph_.IndexNewNode(node, record));
      if (record.publisher != kNoId) RETURN_IF_ERROR(publishers.Add({record.publisher, node}));
      ++node;
    }
    RETURN_IF_ERROR(rows.status());
  }
  RETURN_IF_ERROR(records.Finish());
  records_.reset();

  RETURN_IF_ERROR(publishers.Sort());
  decltype(publishers)::Reader sorted(publishers);
  storage::PublisherStream ways(tables_);
  Link link;
  while (sorted.Next(&link)) RETURN_IF_ERROR(ways.Add(link.from, link.to));
  RETURN_IF_ERROR(sorted.status());
  return ways.Finish();
}

absl::Status NodeLoad::WriteWaysToNodes() {
  storage::RowSorter<KeyRow, KeyOrder> keys(shared_.space, RunBytes());
  constexpr size_t kSample = 64;
  absl::string_view prefix = article_keys_.empty() ? "" : shared_.texts.Text(article_keys_[0]);
  for (size_t i = 0; i < article_keys_.size(); i += article_keys_.size() / kSample + 1) {
    const absl::string_view key = shared_.texts.Text(article_keys_[i]);
    const auto end = std::mismatch(prefix.begin(), prefix.end(), key.begin(), key.end()).first;
    prefix = prefix.substr(0, static_cast<size_t>(end - prefix.begin()));
  }
  const auto add_key = [&](TextId text, NodeId node) {
    const absl::string_view key = shared_.texts.Text(text);
    return keys.Add({MajorOfKey(key, prefix), key.data(), key.size(), node});
  };
  for (const EntityItem& item : entities_) {
    if (item.node != kNoId) RETURN_IF_ERROR(add_key(item.key, item.node));
  }
  for (size_t i = 0; i < article_keys_.size(); ++i) {
    RETURN_IF_ERROR(add_key(article_keys_[i], first_article_ + i));
  }
  RETURN_IF_ERROR(keys.Sort());
  decltype(keys)::Reader sorted(keys);
  storage::TableStream dictionary = tables_.NewStream(storage::Family::kDictionary);
  KeyRow key;
  while (sorted.Next(&key)) RETURN_IF_ERROR(dictionary.Put(key.key(), storage::NodeKey(key.node)));
  RETURN_IF_ERROR(sorted.status());
  RETURN_IF_ERROR(dictionary.Finish());

  storage::TableStream labels = tables_.NewStream(storage::Family::kIndexes);
  const uint64_t articles = article_keys_.size();
  if (tables_.has_files() && articles > 0) {
    RETURN_IF_ERROR(labels.Put(storage::LabelRangeKey(kArticleLabel, first_article_ + articles - 1),
                               storage::LabelRangeValue(articles)));
  } else {
    for (uint64_t i = 0; i < articles; ++i) {
      RETURN_IF_ERROR(labels.Put(storage::LabelKey(kArticleLabel, first_article_ + i), ""));
    }
  }
  RETURN_IF_ERROR(labels.Finish());

  std::vector<Link> copies;
  for (const auto& [copy, original] : originals_) {
    copies.push_back({original, first_article_ + copy});
  }
  storage::SortRows<Link, LinkOrder>(absl::MakeSpan(copies));
  storage::TableStream ways = tables_.NewStream(storage::Family::kProvenance);
  for (const Link& link : copies) {
    RETURN_IF_ERROR(ways.Put(storage::OriginalKey(link.from, link.to), ""));
  }
  return ways.Finish();
}

}  // namespace entente
