#include "verify/engine/drawing.hpp"

#include <exception>
#include <unordered_map>

#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include "verify/engine/seed.hpp"
#include "verify/engine/sources.hpp"

namespace gronwall::verify {

std::vector<Attempt> draw_case(const Claim& claim, const std::string& backend, std::uint64_t seed,
                               const std::string& stream, std::uint64_t index,
                               const std::set<std::string>& ignored) {
  std::vector<Attempt> attempts;
  std::exception_ptr failure;
  const auto property = [&]() -> rc::detail::CaseResult {
    using rc::detail::CaseResult;
    try {
      RandomDraws draws(case_size(index));
      draws.ignored = ignored;
      Outcome outcome = judge(claim, draws, backend);
      const bool met = !outcome.not_met;
      attempts.push_back({draws.drawn(), std::move(outcome), draws.hypotheses()});
      return met ? CaseResult(CaseResult::Type::Success) : CaseResult(CaseResult::Type::Discard);
    } catch (...) {
      // RapidCheck would take it for a violation.
      failure = std::current_exception();
      return CaseResult(CaseResult::Type::Success);
    }
  };

  rc::detail::TestParams params;
  params.seed = derived_seed(seed, stream.empty() ? claim.about.id : claim.about.id + "/" + stream, index);
  params.maxSuccess = 1;
  params.maxSize = 100;
  params.maxDiscardRatio = 9;
  params.disableShrinking = true;
  rc::detail::TestListenerAdapter silent;
  const rc::detail::TestMetadata metadata{claim.about.id, claim.about.title};
  const auto result = rc::detail::checkTestable(property, metadata, params, silent,
                                                std::unordered_map<std::string, rc::detail::Reproduce>());
  if (failure) std::rethrow_exception(failure);
  if (result.template is<rc::detail::Error>() || result.template is<rc::detail::FailureResult>())
    throw InternalError(claim.about.id + ": RapidCheck could not draw a case.");
  return attempts;
}

}  // namespace gronwall::verify
