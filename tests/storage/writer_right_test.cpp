#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

#include <dossier/error.h>

#include "storage/writer_right.h"

using namespace dossier;
using namespace dossier::storage;
using namespace std::chrono_literals;

TEST_CASE("the writer's right has one holder at a time", "[writer_right]") {
    WriterRight right;
    std::atomic<int> holders{0};
    std::atomic<bool> overlapped{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                const HeldRight held(right, 60s);
                overlapped = overlapped || ++holders != 1;
                --holders;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK_FALSE(overlapped);
}

TEST_CASE("who waits too long for the writer's right is told so", "[writer_right]") {
    WriterRight right;
    {
        const HeldRight held(right, 0ms);
        CHECK_THROWS_AS(HeldRight(right, 5ms), Conflict);
        CHECK_THROWS_AS(HeldRight(right, 0ms), Conflict);
    }
    // Those who gave up are not waited for.
    CHECK_NOTHROW(HeldRight(right, 0ms));
}

TEST_CASE("the writer's right may be given back by another thread", "[writer_right]") {
    WriterRight right;
    auto held = std::make_unique<HeldRight>(right, 0ms);
    std::thread([&] { held.reset(); }).join();
    CHECK_NOTHROW(HeldRight(right, 0ms));
}

TEST_CASE("a waiter behind one that gave up gets the right", "[writer_right]") {
    WriterRight right;
    auto held = std::make_unique<HeldRight>(right, 0ms);
    std::atomic<bool> got{false};
    std::thread gives_up([&] { CHECK_THROWS_AS(HeldRight(right, 20ms), Conflict); });
    std::this_thread::sleep_for(5ms);
    std::thread waits([&] {
        const HeldRight mine(right, 60s);
        got = true;
    });
    gives_up.join();
    held.reset();
    waits.join();
    CHECK(got);
}
