import Networking
import Testing

@testable import LoadEngine

struct PlanTests {
    private func plan(
        load: String = "{}", _ change: (inout LoadSettings) -> Void = { _ in }
    ) throws -> LoadPlan {
        var settings = LoadSettings()
        change(&settings)
        return try Document.request(#"{"url": "http://shop.example/"}"#, more: #""load": \#(load)"#)
            .plan(over: settings)
    }

    private func arrivals(_ plan: LoadPlan) throws -> ArrivalSchedule {
        guard case .open(let arrivals, _) = plan.model else {
            throw ScenarioError("", "not open")
        }
        return arrivals
    }

    @Test func `without a word it is one user for a minute`() throws {
        let plan = try plan()
        #expect(
            plan.model
                == .closed(users: UserCurve(users: 1, spawnRate: .infinity), thinkTime: .none))
        #expect(plan.limits == LoadLimits(duration: .seconds(60)))
        #expect(plan.connections.keepsAlive && plan.connections.redirectsMax == 0)
        #expect(plan.connections.tls == TLSSettings())
        #expect(plan.threads == 1 && plan.tick == .automatic && plan.lease == nil)
        #expect(plan.program.requests[0].timeout == .seconds(30))
    }

    @Test func `a rate makes an open model`() throws {
        let plan = try plan(load: #"{"rate": "30/m", "maxUsers": 7}"#)
        #expect(plan.model == .open(arrivals: ArrivalSchedule(rate: 0.5), usersMax: 7))
        let other = try self.plan(load: #"{"users": 9, "spawnRate": 2, "thinkTime": 1}"#) {
            $0.rate = 10
        }
        #expect(other.model == .open(arrivals: ArrivalSchedule(rate: 10), usersMax: 1000))
    }

    @Test func `stages give the duration, and what follows them goes on`() throws {
        let closed = #"{"stages": [{"duration": 10, "users": 5}, {"duration": 20, "users": 1}]}"#
        #expect(try plan(load: closed).limits.duration == .seconds(30))
        let open = #"{"stages": [{"duration": 10, "rate": 20}], "duration": 30}"#
        #expect(try arrivals(plan(load: open)).requestCount == 100 + 400)
        let steps = #"""
            {"stages": [{"duration": 0, "rate": 50}, {"duration": 10, "rate": 50},
                        {"duration": 0, "rate": 10}, {"duration": 10, "rate": 10}]}
            """#
        #expect(try arrivals(plan(load: steps)).requestCount == 500 + 100)
        let held = #"{"rate": 10, "stages": [{"duration": 10, "rate": 10}]}"#
        #expect(try arrivals(plan(load: held)).requestCount == 100)
    }

    @Test func `what is given wins, and takes away what it contradicts`() throws {
        let stages = #"{"stages": [{"duration": 10, "users": 5}], "spawnRate": 3}"#
        let users = try plan(load: stages) { $0.users = 12 }
        #expect(users.model.usersMax == 12)
        #expect(users.limits.duration == .seconds(60))
        let open = try plan(load: #"{"rate": 5, "users": 3, "duration": 9}"#) { $0.users = 12 }
        #expect(open.model == .open(arrivals: ArrivalSchedule(rate: 5), usersMax: 12))
        #expect(open.limits.duration == .seconds(9))
        let rate = try plan(load: #"{"rate": 5, "users": 3}"#) { $0.rate = 8 }
        #expect(rate.model == .open(arrivals: ArrivalSchedule(rate: 8), usersMax: 3))
        let closed = try plan(load: #"{"rate": 5, "users": 3}"#) { $0.model = .closed }
        #expect(closed.model.usersMax == 1)
    }

    @Test func `a number of requests needs no duration`() throws {
        let plan = try plan { $0.requestsMax = 10 }
        #expect(plan.limits.requestsMax == 10)
        #expect(plan.limits.duration == .seconds(3600))
    }

    @Test func `connections are as the settings say`() throws {
        let plan = try plan {
            ($0.verifiesServer, $0.resumesSessions, $0.redirectsMax) = (false, true, 3)
            ($0.connectTimeout, $0.timeout, $0.keepsAlive) = (.seconds(1), .seconds(2), false)
            $0.clientCertificate = .init(certificateFile: "c.pem", keyFile: "k.pem")
        }
        #expect(plan.connections.tls.trust == .everybody && plan.connections.tls.resumesSessions)
        #expect(plan.connections.tls.clientCertificate?.keyFile == "k.pem")
        #expect(plan.connections.redirectsMax == 3 && !plan.connections.keepsAlive)
        #expect(plan.connections.connectTimeout == .seconds(1))
        #expect(plan.program.requests[0].timeout == .seconds(2))
    }

    @Test func `settings out of bounds are told, whatever they come from`() {
        let error = #expect(throws: ScenarioError.self) {
            try plan {
                ($0.users, $0.threads, $0.timeout) = (0, 65, .zero)
                $0.stages = .rates([.init(rate: 0, duration: .seconds(1))])
            }
        }
        let places = Set(error?.problems.map(\.pointer) ?? [])
        #expect(places == ["/load/users", "/load/threads", "/load/timeout", "/load/stages"])
    }

    @Test func `a path needs a base URL, and the given one wins`() throws {
        let scenario = try Document.request(
            #"{"path": "/x"}"#, more: #""baseUrl": "http://one.example/a""#)
        #expect(try Message(scenario.plan()).target == "/a/x")
        let plan = try scenario.plan(baseURL: "https://two.example:444")
        #expect(plan.program.origins == [Origin(isSecure: true, host: "two.example", port: 444)])
        #expect(try Message(plan).target == "/x")
        #expect(throws: ScenarioError.self) { try scenario.plan(baseURL: "http://x/?q") }
        #expect(throws: ScenarioError.self) {
            try Document.request(#"{"path": "/x"}"#).plan()
        }
    }

    @Test func `a seed that is given is used, another is made up`() throws {
        #expect(try plan { $0.seed = 4 }.seed == 4)
        #expect(try plan().seed != plan().seed)
    }

    @Test func `requests beyond the number of endpoints are counted together`() throws {
        let items = (0..<600).map { #"{"path": "/\#($0 / 2)x\#($0)", "weight": \#($0 % 3)}"# }
        let plan = try Document.scenario(#"{"requests": [\#(items.joined(separator: ","))]}"#)
            .plan(baseURL: "http://shop.example")
        #expect(plan.program.endpoints.count == ScenarioLimits.endpointsMax)
        #expect(plan.program.endpoints.last == Scenario.otherEndpoints)
        #expect(plan.program.requests.last?.endpoint == ScenarioLimits.endpointsMax - 1)
        #expect(plan.program.requests.allSatisfy { $0.endpoint < ScenarioLimits.endpointsMax })
    }

    @Test func `methods and flows are known to the program`() throws {
        let plan = try Document.scenario(
            #"{"steps": [{"method": "HEAD", "path": "/"}, {"method": "POST", "path": "/"}]}"#
        ).plan(baseURL: "http://shop.example")
        #expect(plan.program.flow == .steps)
        #expect(plan.program.requests.map(\.isHead) == [true, false])
        #expect(plan.program.requests.map(\.isIdempotent) == [true, false])
        #expect(plan.program.endpoints.map(\.method) == ["HEAD", "POST"])
    }
}
