#include "storage/directory.h"

#include <algorithm>
#include <atomic>

#define XXH_INLINE_ALL
#include <dossier/error.h>
#include <fmt/format.h>
#include <xxhash.h>

#include "storage/bytes.h"
#include "storage/changes.h"

namespace dossier::storage {

struct Directory::Page {
    // 0 until it is stored.
    mutable std::atomic<std::uint64_t> number{0};
    std::vector<DirectoryEntry> entries;
};

namespace {

using bytes::append_little;
using bytes::take_little;

constexpr std::uint16_t page_format = 1;
constexpr std::uint8_t many_graphs_mark = 255;

void append_row(std::string& out, const Row& row) {
    for (const TermId id : row) {
        append_little(out, id.bits);
    }
}

Row take_row(std::string_view& from) {
    Row row;
    for (TermId& id : row) {
        id.bits = take_little<std::uint64_t>(from);
    }
    return row;
}

// Length-prefixed, so that later versions may add fields.
void append_entry(std::string& out, const DirectoryEntry& entry) {
    const std::size_t at = out.size();
    append_little(out, std::uint16_t{0});
    append_row(out, entry.first);
    append_row(out, entry.last);
    append_little(out, entry.generation);
    append_little(out, entry.ordinal);
    append_little(out, entry.rows);
    append_little(out, entry.distinct_triples);
    append_little(out, entry.bytes);
    append_little(out, entry.object_tags);
    append_little(out, entry.checksum);
    append_little(out, entry.sum.low);
    append_little(out, entry.sum.high);
    append_little(out, entry.many_graphs ? many_graphs_mark : entry.graph_count);
    for (const TermId graph : entry.known_graphs()) {
        append_little(out, graph.bits);
    }
    if (entry.default_rows) append_little(out, *entry.default_rows);
    const auto length = static_cast<std::uint16_t>(out.size() - at - 2);
    std::memcpy(out.data() + at, &length, sizeof length);
}

DirectoryEntry take_entry(std::string_view& from) {
    const auto length = take_little<std::uint16_t>(from);
    std::string_view fields = bytes::take_bytes(from, length);
    DirectoryEntry entry;
    entry.first = take_row(fields);
    entry.last = take_row(fields);
    entry.generation = take_little<std::uint64_t>(fields);
    entry.ordinal = take_little<std::uint32_t>(fields);
    entry.rows = take_little<std::uint32_t>(fields);
    entry.distinct_triples = take_little<std::uint32_t>(fields);
    entry.bytes = take_little<std::uint32_t>(fields);
    entry.object_tags = take_little<std::uint64_t>(fields);
    entry.checksum = take_little<std::uint64_t>(fields);
    entry.sum.low = take_little<std::uint64_t>(fields);
    entry.sum.high = take_little<std::uint64_t>(fields);
    const auto graphs = take_little<std::uint8_t>(fields);
    entry.many_graphs = graphs == many_graphs_mark;
    if (!entry.many_graphs) {
        if (graphs > DirectoryEntry::most_graphs) {
            throw StoreError("a directory page names too many graphs");
        }
        entry.graph_count = graphs;
        for (std::size_t i = 0; i < graphs; ++i) {
            entry.graphs[i].bits = take_little<std::uint64_t>(fields);
        }
    }
    if (fields.size() >= 4) {
        entry.default_rows = take_little<std::uint32_t>(fields);
        if (*entry.default_rows > entry.rows) {
            throw StoreError("a directory page counts more rows of a graph than there are");
        }
    }
    return entry;
}

std::string encode_page(Permutation permutation, std::uint64_t number,
                        std::span<const DirectoryEntry> entries) {
    std::string out;
    append_little(out, page_format);
    append_little(out, static_cast<std::uint8_t>(permutation));
    append_little(out, number);
    append_little(out, static_cast<std::uint32_t>(entries.size()));
    for (const DirectoryEntry& entry : entries) {
        append_entry(out, entry);
    }
    append_little(out, static_cast<std::uint64_t>(XXH3_64bits(out.data(), out.size())));
    return out;
}

[[noreturn]] void throw_page(Permutation permutation, std::uint64_t number, std::string_view why) {
    throw StoreError(fmt::format("directory page {} of permutation {}: {}", number,
                                 static_cast<unsigned>(permutation), why));
}

std::vector<DirectoryEntry> decode_page(Permutation permutation, std::uint64_t number,
                                        std::string_view page) {
    if (page.size() < 8) {
        throw_page(permutation, number, "too short");
    }
    std::string_view trailer = page.substr(page.size() - 8);
    page.remove_suffix(8);
    if (take_little<std::uint64_t>(trailer) != XXH3_64bits(page.data(), page.size())) {
        throw_page(permutation, number, "the checksum is wrong");
    }
    if (take_little<std::uint16_t>(page) != page_format) {
        throw_page(permutation, number, "unknown format");
    }
    if (take_little<std::uint8_t>(page) != static_cast<std::uint8_t>(permutation) ||
        take_little<std::uint64_t>(page) != number) {
        throw_page(permutation, number, "another page is in its place");
    }
    const auto count = take_little<std::uint32_t>(page);
    if (count > page.size()) {
        throw_page(permutation, number, "the header contradicts itself");
    }
    std::vector<DirectoryEntry> entries;
    entries.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        entries.push_back(take_entry(page));
    }
    return entries;
}

// The first index in [from, rows.size()) for which `goes_on` is false; near `from` it is cheap.
template <typename GoesOn>
std::size_t gallop(const std::vector<Row>& rows, std::size_t from, GoesOn goes_on) {
    const Row* const data = rows.data();
    std::size_t low = from;
    std::size_t step = 1;
    while (low + step <= rows.size() && goes_on(data[low + step - 1])) {
        low += step;
        step *= 2;
    }
    std::size_t high = std::min(low + step, rows.size());
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (goes_on(data[middle])) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

}  // namespace

Directory::Directory() {
    index_pages();
}

Directory::Directory(std::vector<DirectoryEntry> entries) {
    for (std::size_t at = 0; at < entries.size(); at += page_entries) {
        const std::size_t count = std::min(page_entries, entries.size() - at);
        auto page = std::make_shared<Page>();
        page->entries.assign(entries.begin() + static_cast<std::ptrdiff_t>(at),
                             entries.begin() + static_cast<std::ptrdiff_t>(at + count));
        pages_.push_back(std::move(page));
    }
    index_pages();
}

Directory::Directory(std::vector<std::shared_ptr<const Page>> pages) : pages_(std::move(pages)) {
    index_pages();
}

Directory::~Directory() = default;

void Directory::index_pages() {
    rows_before_.push_back(0);
    distinct_before_.push_back(0);
    default_before_.push_back(0);
    bool known = true;
    for (const auto& page : pages_) {
        for (const DirectoryEntry& entry : page->entries) {
            entries_.push_back(&entry);
            firsts_.push_back(entry.first);
            rows_before_.push_back(rows_before_.back() + entry.rows);
            distinct_before_.push_back(distinct_before_.back() + entry.distinct_triples);
            known = known && entry.default_rows.has_value();
            if (known) default_before_.push_back(default_before_.back() + *entry.default_rows);
        }
    }
    if (!known) default_before_.clear();
    if (!entries_.empty() && entries_.front()->graph_count == 1) {
        const TermId graph = entries_.front()->graphs[0];
        if (std::all_of(entries_.begin(), entries_.end(), [&](const DirectoryEntry* entry) {
                return entry->graph_count == 1 && entry->graphs[0] == graph;
            })) {
            only_graph_ = graph;
        }
    }
}

std::shared_ptr<const Directory> Directory::load(const BlockStore& store, Permutation permutation,
                                                 std::span<const PageReference> pages) {
    std::vector<std::string> keys;
    std::vector<std::string_view> views;
    keys.reserve(pages.size());
    views.reserve(pages.size());
    for (const PageReference& page : pages) {
        keys.push_back(directory_page_key(permutation, page.number));
        views.push_back(keys.back());
    }
    std::vector<PinnedValue> values(pages.size());
    store.multi_get(Family::directory, views, values);
    std::vector<std::shared_ptr<const Page>> loaded;
    loaded.reserve(pages.size());
    for (std::size_t i = 0; i < pages.size(); ++i) {
        if (!values[i].found()) {
            throw_page(permutation, pages[i].number, "missing");
        }
        auto page = std::make_shared<Page>();
        page->number = pages[i].number;
        page->entries = decode_page(permutation, pages[i].number, values[i].bytes());
        loaded.push_back(std::move(page));
    }
    return std::shared_ptr<const Directory>(new Directory(std::move(loaded)));
}

RowSum Directory::sum() const {
    RowSum total;
    for (const DirectoryEntry* entry : entries_) {
        total += entry->sum;
    }
    return total;
}

std::size_t Directory::lower_block(std::span<const TermId> key, std::size_t from) const {
    const std::size_t limit =
        gallop(firsts_, from, [&](const Row& row) { return compare_prefix(row, key) < 0; });
    return limit > from ? limit - 1 : from;
}

std::size_t Directory::upper_block(std::span<const TermId> key, std::size_t from) const {
    return gallop(firsts_, from, [&](const Row& row) { return compare_prefix(row, key) <= 0; });
}

std::shared_ptr<const Directory> Directory::replace(std::size_t first, std::size_t limit,
                                                    std::vector<DirectoryEntry> entries) const {
    std::vector<DirectoryEntry> all;
    all.reserve(size() - (limit - first) + entries.size());
    for (std::size_t i = 0; i < first; ++i) {
        all.push_back(*entries_[i]);
    }
    all.insert(all.end(), entries.begin(), entries.end());
    for (std::size_t i = limit; i < size(); ++i) {
        all.push_back(*entries_[i]);
    }
    return rebuilt(std::move(all));
}

std::shared_ptr<const Directory> Directory::rebuilt(std::vector<DirectoryEntry> entries) const {
    std::vector<std::shared_ptr<const Page>> pages;
    std::size_t pending = 0;  // entries from here on are in no page yet
    const auto end_pages = [&](std::size_t limit) {
        const std::size_t count = limit - pending;
        const std::size_t parts = (count + page_entries - 1) / page_entries;
        for (std::size_t part = 0; part < parts; ++part) {
            auto page = std::make_shared<Page>();
            page->entries.assign(
                entries.begin() + static_cast<std::ptrdiff_t>(pending + count * part / parts),
                entries.begin() +
                    static_cast<std::ptrdiff_t>(pending + count * (part + 1) / parts));
            pages.push_back(std::move(page));
        }
        pending = limit;
    };
    // Both ascend by row, so one walk meets every page that can be shared.
    auto old = pages_.begin();
    for (std::size_t at = 0; at < entries.size();) {
        while (old != pages_.end() && (*old)->entries.front().first < entries[at].first) {
            ++old;
        }
        const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(at);
        if (old != pages_.end() && (*old)->entries.size() <= entries.size() - at &&
            std::equal((*old)->entries.begin(), (*old)->entries.end(), begin)) {
            end_pages(at);
            pages.push_back(*old);
            at += (*old)->entries.size();
            pending = at;
        } else {
            ++at;
        }
    }
    end_pages(entries.size());
    return std::shared_ptr<const Directory>(new Directory(std::move(pages)));
}

std::vector<PageReference> Directory::save(WriteBatch& batch, Permutation permutation,
                                           std::uint64_t& next_page) const {
    std::vector<PageReference> references;
    references.reserve(pages_.size());
    for (const auto& page : pages_) {
        std::uint64_t number = page->number;
        if (number == 0) {
            number = std::max<std::uint64_t>(next_page, 1);
            next_page = number + 1;
            page->number = number;
            batch.put(Family::directory, directory_page_key(permutation, number),
                      encode_page(permutation, number, page->entries));
        }
        references.push_back({number});
    }
    return references;
}

std::vector<std::uint64_t> Directory::generations() const {
    std::vector<std::uint64_t> result;
    for (const DirectoryEntry* entry : entries_) {
        if (result.empty() || result.back() != entry->generation) {
            result.push_back(entry->generation);
        }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

std::string directory_page_key(Permutation permutation, std::uint64_t number) {
    std::string key;
    bytes::append_big(key, static_cast<std::uint8_t>(permutation));
    bytes::append_big(key, number);
    return key;
}

namespace {

void append_pages(std::string& out, std::span<const PageReference> pages) {
    append_little(out, static_cast<std::uint32_t>(pages.size()));
    for (const PageReference& page : pages) {
        append_little(out, page.number);
    }
}

std::vector<PageReference> take_pages(std::string_view& from) {
    const auto count = take_little<std::uint32_t>(from);
    if (std::size_t{count} * 8 > from.size()) {
        throw StoreError("a root is cut short");
    }
    std::vector<PageReference> pages(count);
    for (PageReference& page : pages) {
        page.number = take_little<std::uint64_t>(from);
    }
    return pages;
}

}  // namespace

void PermutationRoot::encode(std::string& out) const {
    std::string fields;
    append_little(fields, static_cast<std::uint8_t>(permutation));
    append_pages(fields, base);
    append_little(fields, static_cast<std::uint32_t>(through.size()));
    for (const ThroughRange& range : through) {
        append_row(fields, range.first);
        append_little(fields, range.through);
    }
    append_little(fields, static_cast<std::uint32_t>(runs.size()));
    for (const RunRoot& run : runs) {
        append_little(fields, run.generation);
        append_little(fields, run.first_commit);
        append_little(fields, run.last_commit);
        append_little(fields, run.changes);
        append_pages(fields, run.pages);
    }
    append_little(out, static_cast<std::uint32_t>(fields.size()));
    out += fields;
}

PermutationRoot PermutationRoot::decode(std::string_view& bytes) {
    const auto length = take_little<std::uint32_t>(bytes);
    std::string_view fields = bytes::take_bytes(bytes, length);
    PermutationRoot root;
    const auto permutation = take_little<std::uint8_t>(fields);
    if (permutation >= permutation_count) {
        throw StoreError("a root names an unknown permutation");
    }
    root.permutation = static_cast<Permutation>(permutation);
    root.base = take_pages(fields);
    const auto ranges = take_little<std::uint32_t>(fields);
    for (std::uint32_t i = 0; i < ranges; ++i) {
        ThroughRange range;
        range.first = take_row(fields);
        range.through = take_little<std::uint64_t>(fields);
        root.through.push_back(range);
    }
    const auto runs = take_little<std::uint32_t>(fields);
    for (std::uint32_t i = 0; i < runs; ++i) {
        RunRoot run;
        run.generation = take_little<std::uint64_t>(fields);
        run.first_commit = take_little<std::uint64_t>(fields);
        run.last_commit = take_little<std::uint64_t>(fields);
        run.changes = take_little<std::uint64_t>(fields);
        run.pages = take_pages(fields);
        root.runs.push_back(std::move(run));
    }
    return root;
}

}  // namespace dossier::storage
