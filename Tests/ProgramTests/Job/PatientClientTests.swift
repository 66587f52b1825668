import JSON
import Locust
import TestSupport
import Testing

@testable import swarmkeeper

struct PatientClientTests {
    private func call(
        _ service: FakeService, _ time: ManualTime, patience: Duration = .seconds(30),
        limit: Duration? = nil
    ) async throws -> Result<PatientClient.Answer, PatientClient.Failure> {
        var client = try service.client(time, patience: patience)
        client.limit = { limit }
        let asking = Task { [client] in
            do throws(PatientClient.Failure) {
                return Result<PatientClient.Answer, PatientClient.Failure>.success(
                    try await client.call(
                        "POST", "/x", .object([:]), headers: ["Idempotency-Key": "k"]))
            } catch {
                return .failure(error)
            }
        }
        let moving = Task {
            while !Task.isCancelled {
                time.advance(by: .milliseconds(100))
                await Task.yield()
            }
        }
        defer { moving.cancel() }
        return await asking.value
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func `what may pass is asked again, with the same key`(status: Int) async throws {
        let service = FakeService { _, count in
            count < 4 ? FakeService.problem(status, "x") : .answer(202, .string("done"))
        }
        let answer = try await call(service, ManualTime()).get()
        #expect(answer.status == 202)
        #expect(service.asked.count == 5)
        #expect(service.asked.allSatisfy { $0.headers["Idempotency-Key"] == "k" })
        #expect(service.asked.allSatisfy { $0.headers["Authorization"] == "Bearer s3cret-token" })
    }

    @Test func `a first request that is still worked on is waited for, and no other refusal`()
        async throws
    {
        let busy = FakeService { _, count in
            count < 2 ? FakeService.problem(409, "idempotencyKeyInUse") : .answer(202, .null)
        }
        #expect(try await call(busy, ManualTime()).get().status == 202)
        let refused = FakeService { _, _ in FakeService.problem(409, "clusterBusy") }
        #expect(try await call(refused, ManualTime()).get().status == 409)
        #expect(refused.asked.count == 1)
    }

    @Test func `a lost connection is made anew until patience ends, with growing pauses`()
        async throws
    {
        let service = FakeService { _, _ in .error(.lost("reset")) }
        let time = ManualTime()
        let begin = time.uptime
        let failure = try await call(service, time).failure
        #expect(failure?.description == "http://keeper.example: the connection was lost: reset")
        #expect(time.uptime - begin <= .seconds(40))
        // 0.2, 0.4, 0.8, 1.6, 3.2 and then 5 seconds.
        #expect((7...11).contains(service.asked.count), "\(service.asked.count)")
    }

    @Test func `a service may ask for a longer pause, and not for any`() async throws {
        let service = FakeService { _, count in
            count == 0
                ? .answer(503, .null, headers: ["Retry-After": "20"])
                : count == 1
                    ? .answer(503, .null, headers: ["Retry-After": "99999999"])
                    : .answer(200, .null)
        }
        let time = ManualTime()
        let begin = time.uptime
        #expect(try await call(service, time, patience: .seconds(600)).get().status == 200)
        #expect(time.uptime - begin >= .seconds(80))
        #expect(time.uptime - begin < .seconds(120))
    }

    @Test func `a service that hangs is asked anew, and a limit ends everything`() async throws {
        let service = FakeService { _, count in count == 0 ? .silence : .answer(200, .null) }
        #expect(try await call(service, ManualTime()).get().status == 200)
        let time = ManualTime()
        let down = FakeService { _, _ in .error(.unreachable("refused")) }
        let begin = time.uptime
        let failure = try await call(
            down, time, patience: .seconds(3600), limit: begin + .seconds(10)
        ).failure
        #expect(failure != nil)
        #expect(time.uptime - begin < .seconds(20))
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
