import Networking

/// The texts, with the members and the order of the captured ones.
extension FakeMaster {
    /// A shortened front page: about a fifth of the real one, with all that a client looks for.
    func frontPage(at now: MonotonicTime) -> String {
        """
        <!doctype html><html lang="en"><head><title>Locust</title></head><body><div id="root">\
        </div><script>window.templateArgs = {"available_shape_classes": ["Default"], \
        "available_user_classes": ["UserA", "UserB"], "extra_options": {"swarmkeeper_run_id": \
        {"choices": null, "default_value": "", "help_text": "", "is_multiple": false, \
        "is_required": false, "is_secret": false}}, "host": "http://127.0.0.1:9188", \
        "percentiles_to_chart": [0.5, 0.95], "percentiles_to_statistics": [0.95, 0.99], \
        "show_userclass_picker": false, "state": "\(runnerState(at: now))", "user_count": \
        \(test?.usersNow(at: now) ?? 0), "version": "2.47.0", "worker_count": \(workers)}\
        </script></body></html>
        """
    }

    func runnerState(at now: MonotonicTime) -> String {
        // A restarted master hears from workers that it does not know, and says `stopped`.
        test?.runnerState(at: now) ?? (workers == 0 ? "stopped" : "ready")
    }

    func identity(at now: MonotonicTime) -> String {
        let isActive = test?.hookState(at: now) == "started"
        func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "null" }
        return """
            {"boot":"\(boot)","deadlineInSeconds":\
            \(text(isActive ? test?.secondsToDeadline(at: now) : nil)),"failures":0,\
            "hooksVersion":"1","leaseInSeconds":\
            \(text(isActive ? test?.secondsOfLease(at: now) : nil)),"locustfile":"locustfile.py",\
            "requests":\(test?.requests(at: now) ?? 0),"runId":"\(test?.runID ?? "")",\
            "runIdNow":"\(test?.runIDNow ?? "")","runnerState":"\(runnerState(at: now))",\
            "sequence":\(sequence),"startedSecondsAgo":\(text(test?.secondsSinceStart(at: now))),\
            "state":"\(test?.hookState(at: now) ?? "idle")",\
            "users":\(test?.usersNow(at: now) ?? 0),"workers":\(workers)}
            """
    }

    func statistics(at now: MonotonicTime) -> String {
        let requests = test?.requests(at: now) ?? 0
        let users = test?.usersNow(at: now) ?? 0
        // Rows appear with their first request.
        let rows = requests == 0 ? 0 : endpointCount
        let lines =
            (0..<rows).map { row("GET", "/page/\($0)", requests: requests / rows) }
            + [row("", "Aggregated", requests: requests)]
        return """
            {"current_fail_per_sec":0.0,"current_response_time_percentiles":\
            {"response_time_percentile_0.5":12,"response_time_percentile_0.95":45},\
            "current_rps":\(Double(users) * FakeTest.requestsPerUser),"errors":[],\
            "fail_ratio":0.0,"state":"\(runnerState(at: now))",\
            "stats":[\(lines.joined(separator: ","))],"total_fail_per_sec":0.0,"total_rps":\
            \(Double(users) * FakeTest.requestsPerUser),"user_count":\(users),\
            "worker_count":\(workers),"workers":[\(workerRows(users))]}
            """
    }

    private func row(_ method: String, _ name: String, requests: Int) -> String {
        """
        {"avg_content_length":3.0,"avg_response_time":12.680437,"current_fail_per_sec":0.0,\
        "current_rps":18.1,"max_response_time":45.0,"median_response_time":12,\
        "method":"\(method)","min_response_time":1.0,"name":"\(name)","num_failures":0,\
        "num_requests":\(requests),"response_time_percentile_0.95":45,\
        "response_time_percentile_0.99":60,"total_fail_per_sec":0.0,"total_rps":16.4114009786055}
        """
    }

    private func workerRows(_ users: Int) -> String {
        let state = users > 0 ? "running" : "ready"
        return (0..<workers).map { index in
            """
            {"cpu_usage":3.0,"id":"loadgen\(index)_2b92d9b023af4cdf8f604d0735c46ea6",\
            "memory_usage":56414208,"state":"\(state)","user_count":\(users / 2)}
            """
        }.joined(separator: ",")
    }
}
