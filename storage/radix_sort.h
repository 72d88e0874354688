#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "storage/run_tasks.h"

// Stable radix sort of records by the bits [low, high): from the top until a part fits the cache,
// then from the bottom inside it, where scattering is cheap.

namespace dossier::storage::radix {

__extension__ using Wide = unsigned __int128;
using Quad = std::array<std::uint64_t, 4>;  // the first word is the most significant

inline constexpr unsigned digit_bits = 8;
inline constexpr std::size_t digit_count = std::size_t{1} << digit_bits;

template <typename Record>
std::size_t digit(const Record& record, unsigned low, unsigned width) {
    return static_cast<std::size_t>(record >> low) & ((std::size_t{1} << width) - 1);
}

// Digits of a Quad do not cross words, since low and high are multiples of 64.
inline std::size_t digit(const Quad& record, unsigned low, unsigned width) {
    return static_cast<std::size_t>(record[3 - low / 64] >> (low % 64)) &
           ((std::size_t{1} << width) - 1);
}

template <typename Record>
bool key_less(const Record& a, const Record& b, unsigned low) {
    return (a >> low) < (b >> low);
}

inline bool key_less(const Quad& a, const Quad& b, unsigned low) {
    return std::lexicographical_compare(a.begin(), a.begin() + (4 - low / 64), b.begin(),
                                        b.begin() + (4 - low / 64));
}

template <typename Record>
void insertion_sort(Record* records, std::size_t count, unsigned low) {
    for (std::size_t i = 1; i < count; ++i) {
        const Record record = records[i];
        std::size_t at = i;
        for (; at > 0 && key_less(record, records[at - 1], low); --at) {
            records[at] = records[at - 1];
        }
        records[at] = record;
    }
}

template <typename Record>
void scatter(const Record* from, std::size_t count, Record* to, unsigned low, unsigned width,
             const std::size_t* counts) {
    std::array<Record*, digit_count> ends;
    Record* next = to;
    for (std::size_t i = 0; i < (std::size_t{1} << width); ++i) {
        ends[i] = next;
        next += counts[i];
    }
    Record** const places = ends.data();
    for (std::size_t i = 0; i < count; ++i) {
        *places[digit(from[i], low, width)]++ = from[i];
    }
}

// Sorts by one digit, `width` bits from `low` on, into `to`.
template <typename Record>
void sort_by_digit(const Record* records, Record* to, std::size_t count, unsigned low,
                   unsigned width) {
    std::array<std::size_t, digit_count> counts{};
    for (std::size_t i = 0; i < count; ++i) {
        ++counts[digit(records[i], low, width)];
    }
    scatter(records, count, to, low, width, counts.data());
}

// From the lowest digit up; returns where the result is, `records` or `scratch`.
template <typename Record>
Record* sort_from_bottom(Record* records, Record* scratch, std::size_t count, unsigned low,
                         unsigned high) {
    for (unsigned at = low; at < high; at += digit_bits) {
        const unsigned width = std::min(digit_bits, high - at);
        std::array<std::size_t, digit_count> counts{};
        std::size_t* const places = counts.data();
        for (std::size_t i = 0; i < count; ++i) {
            ++places[digit(records[i], at, width)];
        }
        if (counts[digit(records[0], at, width)] == count) {
            continue;
        }
        scatter(records, count, scratch, at, width, counts.data());
        std::swap(records, scratch);
    }
    return records;
}

// Sorts `records`; the result is in `records` or, when `into_scratch`, in `scratch`.
template <typename Record>
void sort(Record* records, Record* scratch, std::size_t count, unsigned low, unsigned high,
          bool into_scratch = false) {
    constexpr std::size_t cached = (std::size_t{256} << 10) / sizeof(Record);
    Record* const wanted = into_scratch ? scratch : records;
    if (count <= 32 || low >= high) {
        if (low < high) {
            insertion_sort(records, count, low);
        }
        if (into_scratch) {
            std::copy_n(records, count, scratch);
        }
        return;
    }
    if (count <= cached) {
        Record* const result = sort_from_bottom(records, scratch, count, low, high);
        if (result != wanted) {
            std::copy_n(result, count, wanted);
        }
        return;
    }
    // Digits count from the bottom, so that none crosses a word.
    const unsigned width = (high - low) % digit_bits == 0 ? digit_bits : (high - low) % digit_bits;
    const unsigned at = high - width;
    std::array<std::size_t, digit_count> counts{};
    for (std::size_t i = 0; i < count; ++i) {
        ++counts[digit(records[i], at, width)];
    }
    if (counts[digit(records[0], at, width)] == count) {
        sort(records, scratch, count, low, at, into_scratch);
        return;
    }
    scatter(records, count, scratch, at, width, counts.data());
    std::size_t begin = 0;
    for (const std::size_t part : counts) {
        if (part > 0) {
            sort(scratch + begin, records + begin, part, low, at, !into_scratch);
        }
        begin += part;
    }
}

// The same with several threads: each scatters a part of the records by the highest digit, then the
// parts with one digit are sorted side by side. The result is in `records`.
template <typename Record>
void sort_by_threads(Record* records, Record* scratch, std::size_t count, unsigned low,
                     unsigned high, unsigned threads) {
    constexpr std::size_t worthwhile = std::size_t{1} << 16;
    if (threads < 2 || count < worthwhile || low >= high) {
        sort(records, scratch, count, low, high);
        return;
    }
    const unsigned width = (high - low) % digit_bits == 0 ? digit_bits : (high - low) % digit_bits;
    const unsigned at = high - width;
    const std::size_t share = (count + threads - 1) / threads;
    const auto begin_of = [&](std::size_t part) { return std::min(part * share, count); };
    std::vector<std::array<std::size_t, digit_count>> counts(threads);
    std::vector<std::function<void()>> tasks;
    for (std::size_t part = 0; part < threads; ++part) {
        tasks.push_back([&, part] {
            for (std::size_t i = begin_of(part); i < begin_of(part + 1); ++i) {
                ++counts[part][digit(records[i], at, width)];
            }
        });
    }
    run_tasks(tasks, threads);
    // Where each part's records with each digit go: by digit, then by part.
    std::array<std::size_t, digit_count + 1> begins{};
    std::size_t next = 0;
    for (std::size_t value = 0; value < digit_count; ++value) {
        begins[value] = next;
        for (auto& of_part : counts) {
            next += std::exchange(of_part[value], next);
        }
    }
    begins[digit_count] = next;
    tasks.clear();
    for (std::size_t part = 0; part < threads; ++part) {
        tasks.push_back([&, part] {
            std::size_t* const places = counts[part].data();
            for (std::size_t i = begin_of(part); i < begin_of(part + 1); ++i) {
                scratch[places[digit(records[i], at, width)]++] = records[i];
            }
        });
    }
    run_tasks(tasks, threads);
    tasks.clear();
    for (std::size_t value = 0; value < digit_count; ++value) {
        const std::size_t begin = begins[value], size = begins[value + 1] - begin;
        if (size == 0) {
            continue;
        }
        tasks.push_back([=] { sort(scratch + begin, records + begin, size, low, at, true); });
    }
    run_tasks(tasks, threads);
}

}  // namespace dossier::storage::radix
