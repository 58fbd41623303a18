#include "storage/dictionary.h"

#include <limits>
#include <memory>
#include <utility>

#include "rocksdb/slice.h"
#include "storage/cached_reads.h"
#include "storage/keys.h"
#include "storage/status_macros.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace entente::storage {
namespace {

std::string NameKey(absl::string_view name, NodeId node) {
  return KeyWriter().Escaped(name).U64(node).bytes();
}

absl::StatusOr<std::vector<NameEntry>> NamesUnder(const View& view, absl::string_view prefix,
                                                  size_t limit) {
  std::vector<NameEntry> entries;
  Cursor cursor = view.Scan(Family::kNames, prefix);
  for (; entries.size() < limit && cursor.Valid(); cursor.Next()) {
    ASSIGN_OR_RETURN(NameEntry entry, DecodeName(cursor.key(), cursor.value()));
    entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(cursor.status());
  return entries;
}

// Found by the key's hash, so that its holder compares the key.
class CachedBearers final : public ReadCache::Entry {
 public:
  CachedBearers(absl::string_view key, std::vector<NodeId> bearers)
      : key_(key), bearers_(std::move(bearers)) {}
  const std::string& key() const { return key_; }
  const std::vector<NodeId>& bearers() const { return bearers_; }

 private:
  size_t bytes() const override {
    constexpr size_t kAllocations = 3 * 16;
    return sizeof(*this) + kAllocations + key_.capacity() + bearers_.capacity() * sizeof(NodeId);
  }

  const std::string key_;
  const std::vector<NodeId> bearers_;
};

void PutBearers(Transaction& transaction, absl::string_view key,
                const std::vector<NodeId>& bearers) {
  KeyWriter value;
  for (NodeId node : bearers) value.U64(node);
  transaction.Put(Family::kDictionary, key, value);
}

}  // namespace

absl::StatusOr<NameEntry> DecodeName(absl::string_view key, absl::string_view value) {
  KeyReader reader(key);
  NameEntry entry;
  if (!reader.Escaped(&entry.name) || !reader.U64(&entry.node) || !reader.done() || value.empty() ||
      static_cast<uint8_t>(value[0]) > static_cast<uint8_t>(NameKind::kAlias)) {
    return absl::DataLossError("broken name");
  }
  entry.kind = static_cast<NameKind>(value[0]);
  entry.language = std::string(value.substr(1));
  return entry;
}

absl::StatusOr<std::vector<NodeId>> DecodeKeyBearers(absl::string_view value) {
  KeyReader reader(value);
  std::vector<NodeId> bearers;
  do {
    NodeId node;
    if (!reader.U64(&node)) return absl::DataLossError("broken dictionary entry");
    bearers.push_back(node);
  } while (!reader.done());
  return bearers;
}

absl::Status AddKeyBearers(const View& view, absl::string_view key, std::vector<NodeId>* nodes) {
  CachedReads reads(view, Family::kDictionary);
  reads.Begin();
  const CacheKey cache_key = CacheKey::Bearers(key);
  const CachedBearers* cached = reads.Find<CachedBearers>(cache_key);
  const auto add = [&](const std::vector<NodeId>& bearers) {
    nodes->insert(nodes->end(), bearers.begin(), bearers.end());
    return absl::OkStatus();
  };
  if (cached != nullptr && cached->key() == key) return add(cached->bearers());
  rocksdb::PinnableSlice value;
  ASSIGN_OR_RETURN(const bool found, view.Get(Family::kDictionary, key, &value));
  if (!found) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<NodeId> bearers, DecodeKeyBearers(ToView(value)));
  std::unique_ptr<ReadCache::Entry> own;
  reads.Keep(cache_key, ReadCache::Worth::kOnSecondOffer,
             std::make_unique<CachedBearers>(key, bearers), &own);
  return add(bearers);
}

absl::StatusOr<std::vector<NodeId>> FindKeyBearers(const View& view, absl::string_view key) {
  std::vector<NodeId> bearers;
  RETURN_IF_ERROR(AddKeyBearers(view, key, &bearers));
  return bearers;
}

absl::StatusOr<std::optional<NodeId>> FindKey(const View& view, absl::string_view key) {
  ASSIGN_OR_RETURN(const std::vector<NodeId> bearers, FindKeyBearers(view, key));
  if (bearers.empty()) return std::nullopt;
  return bearers[0];
}

absl::Status AddKey(Transaction& transaction, absl::string_view key, NodeId node) {
  ASSIGN_OR_RETURN(std::vector<NodeId> bearers, FindKeyBearers(transaction, key));
  bearers.push_back(node);
  PutBearers(transaction, key, bearers);
  return absl::OkStatus();
}

absl::Status RemoveKey(Transaction& transaction, absl::string_view key, NodeId node) {
  ASSIGN_OR_RETURN(std::vector<NodeId> bearers, FindKeyBearers(transaction, key));
  std::erase(bearers, node);
  if (bearers.empty()) {
    transaction.Delete(Family::kDictionary, key);
  } else {
    PutBearers(transaction, key, bearers);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NameEntry>> FindName(const View& view, absl::string_view name) {
  return NamesUnder(view, KeyWriter().Escaped(name), std::numeric_limits<size_t>::max());
}

absl::StatusOr<std::vector<NameEntry>> FindNamePrefix(const View& view, absl::string_view prefix,
                                                      size_t limit) {
  return NamesUnder(view, KeyWriter().EscapedPrefix(prefix), limit);
}

std::pair<std::string, std::string> EncodeName(const NameEntry& entry) {
  std::string value(1, static_cast<char>(entry.kind));
  value += entry.language;
  return {NameKey(entry.name, entry.node), std::move(value)};
}

void PutName(Transaction& transaction, const NameEntry& entry) {
  const auto [key, value] = EncodeName(entry);
  transaction.Put(Family::kNames, key, value);
}

void EraseName(Transaction& transaction, absl::string_view name, NodeId node) {
  transaction.Delete(Family::kNames, NameKey(name, node));
}

}  // namespace entente::storage
