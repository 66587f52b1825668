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
            case .end(.lost(let reason)): "lost: \(reason)"
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
        #expect(steps(&vigil, .lost("c")) == ["lost: c"])
    }

    @Test func `a run is stopped once, by whatever comes first`() {
        var vigil = JobVigil()
        #expect(steps(&vigil, .toStop(.aborted)) == ["say", "stop aborted"])
        #expect(steps(&vigil, .toStop(.timedOut)) == [])
        #expect(steps(&vigil, .run(live)) == [])
        #expect(steps(&vigil, .unconfirmed("x")) == ["lost: ended by a signal, and x"])
        #expect(steps(&vigil, .lost("x")) == ["lost: ended by a signal, and x"])
        #expect(steps(&vigil, .run(JobSample.run())) == ["over aborted"])
    }

    @Test(arguments: [JobEnd.timedOut, .aborted])
    func `a service in trouble is told to stop all the same, and then nobody knows`(end: JobEnd) {
        var vigil = JobVigil()
        _ = vigil.take(.trouble("refused"))
        #expect(steps(&vigil, .toStop(end)) == ["say", "stop \(end.word)"])
        var other = vigil
        #expect(steps(&vigil, .unconfirmed("x")).first?.hasPrefix("lost: ") == true)
        // Or it was only a moment's trouble.
        #expect(steps(&other, .run(JobSample.run())) == ["say", "over \(end.word)"])
    }
}
