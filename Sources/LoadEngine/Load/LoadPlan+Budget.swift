/// How a number of requests is shared among threads.
extension LoadPlan {
    /// What the threads of a closed model take from; nil without a limit.
    var requestBudget: RequestBudget? {
        guard case .closed = model else { return nil }
        return limits.requestsMax.map { RequestBudget($0) }
    }

    /// What thread `number` may begin without asking. Arrivals are dealt out to the threads one by
    /// one, so their number is as well: together they are the first ones of the schedule.
    func firstShare(of number: Int) -> Range<UInt64> {
        guard let count = limits.requestsMax else { return 0..<UInt64.max }
        guard case .open = model else { return 0..<0 }
        let share = UInt64(threads)
        return 0..<count / share + (UInt64(number) < count % share ? 1 : 0)
    }
}
