import JSON
import Testing

@testable import swarmkeeper

struct JobVigilTests {
    /// What is to be done, in short.
    private func steps(_ vigil: inout JobVigil, _ input: JobVigil.Input) -> [String] {
        vigil.take(input).map { step in
            switch step {
            case .say: "say"
            case .stop(let end): "stop \(end.word)"
            case .end(.over(_, let cause)): "over \(cause?.word ?? "-")"
            case .end(.lost): "lost"
            case .end(.unconfirmed(let end, _)): "unconfirmed \(end.word)"
            }
        }
    }

    private let live = JobSample.run(state: "Running", endReason: nil)

    @Test func `trouble is told once, and that it is over`() {
        var vigil = JobVigil()
        #expect(steps(&vigil, .run(live)) == [])
        #expect(steps(&vigil, .trouble("a")) == ["say"])
        #expect(steps(&vigil, .trouble("b")) == [])
        #expect(steps(&vigil, .run(live)) == ["say"])
        #expect(steps(&vigil, .run(JobSample.run())) == ["over -"])
        #expect(steps(&vigil, .lost("c")) == ["lost"])
    }

    @Test func `a run is stopped once, by whatever comes first`() {
        var vigil = JobVigil()
        #expect(steps(&vigil, .toStop(.aborted)) == ["say", "stop aborted"])
        #expect(steps(&vigil, .toStop(.timedOut)) == [])
        #expect(steps(&vigil, .run(live)) == [])
        #expect(steps(&vigil, .unconfirmed("x")) == ["unconfirmed aborted"])
        #expect(steps(&vigil, .lost("x")) == ["unconfirmed aborted"])
        #expect(steps(&vigil, .run(JobSample.run())) == ["over aborted"])
    }

    @Test func `a time that ends without contact is contact lost, and a signal tries all the same`()
    {
        var late = JobVigil()
        _ = late.take(.trouble("refused"))
        #expect(steps(&late, .toStop(.timedOut)) == ["lost"])
        var aborted = JobVigil()
        _ = aborted.take(.trouble("refused"))
        #expect(steps(&aborted, .toStop(.aborted)) == ["say", "stop aborted"])
    }
}
