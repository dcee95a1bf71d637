-- Grain: one month end: the models of customer value that were fitted to it, or why there is none.
with

fits as (select * from {{ ref('int_clv_fits') }}),

final as (
    select
        month_end,
        customers,
        repeating_customers,
        r,
        alpha,
        a,
        b,
        p,
        q,
        v,
        converged as is_fitted,
        reason
    from fits
)

select * from final
