import Foundation

@testable import ControlPlane

extension RunQueue.Waiter {
    static func sample(
        _ id: String, number: Int, tenant: String = "tenant-1", cluster: String? = nil,
        users: Int = 1, deadline: Duration = .seconds(3600)
    ) -> RunQueue.Waiter {
        let ticket = QueueTicket(
            number: number, since: Run.sampleStart,
            until: Run.sampleStart.addingTimeInterval(3600), firstPosition: 1, firstWaitsFor: "")
        return RunQueue.Waiter(
            run: Run(
                id: RunID(id), loadTestID: nil, spec: .sample(tenant: tenant, cluster: cluster),
                plan: RunPlan(targetUsers: users, spawnRate: 1, durationSeconds: 60),
                clusterID: "", audit: Audit(at: Run.sampleStart, by: "ci"), ticket: ticket),
            ticket: ticket, since: .zero, deadline: deadline, waitsFor: "")
    }
}
